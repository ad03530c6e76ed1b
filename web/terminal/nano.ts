// nano's keys: what hands do that have learned them.
import { type Editing, type Keys, lineCount, lineEnd, lineStart } from './editing.ts'

const HELP = '^O Write Out   ^X Exit   ^K Cut   ^U Paste   ^C Cancel'

type Asked = 'name' | 'name to leave' | 'whether to save' | undefined

export const nanoKeys = (editing: Editing): Keys => {
  const { area, name } = editing
  // a telephone has none of them
  const help = matchMedia('(pointer: coarse)').matches ? '' : HELP
  let asked: Asked
  let cut = ''
  let isCutting = false
  const ask = (what: Asked): void => {
    asked = what
    if (what === 'whether to save') editing.say('Save modified buffer?   Y Yes   N No   ^C Cancel')
    else if (what !== undefined) editing.say(`File Name to Write: ${name}   (Enter)`)
    else editing.say(help)
  }
  const writeOut = (isLeaving: boolean): void => {
    editing.write()
    asked = undefined
    const count = lineCount(area.value)
    editing.say(`[ Wrote ${count} ${count === 1 ? 'line' : 'lines'} ]`)
    if (isLeaving) editing.leave()
  }
  const answer = ({ key, ctrlKey }: KeyboardEvent): void => {
    if (key === 'Escape' || (ctrlKey && key === 'c')) ask(undefined)
    else if (asked !== 'whether to save') {
      if (key === 'Enter') writeOut(asked === 'name to leave')
    } else if (key === 'y' || key === 'Y') ask('name to leave')
    else if (key === 'n' || key === 'N') editing.leave()
  }
  const cutLine = (): void => {
    const { value, selectionStart: at } = area
    const [from, to] = [lineStart(value, at), Math.min(lineEnd(value, at) + 1, value.length)]
    // lines that are cut one after the other come back together
    cut = (isCutting ? cut : '') + value.slice(from, to)
    area.setRangeText('', from, to, 'start')
  }
  const commands: Readonly<Record<string, () => void>> = {
    o: () => ask('name'),
    x: () => (editing.isChanged ? ask('whether to save') : editing.leave()),
    k: cutLine,
    u: () => area.setRangeText(cut, area.selectionStart, area.selectionEnd, 'end'),
    g: () => editing.say(help),
  }
  ask(undefined)
  return (event) => {
    const key = event.key.toLowerCase()
    if (asked !== undefined) {
      // a key such as Shift is half of another
      if (event.key.length === 1 || ['Enter', 'Escape', 'Tab'].includes(event.key)) answer(event)
      return true
    }
    const isCommand = event.ctrlKey && !event.altKey && Object.hasOwn(commands, key)
    // what is selected may be cut as everywhere
    if (!isCommand || (key === 'x' && area.selectionStart !== area.selectionEnd)) {
      if (key !== 'control') isCutting = false
      return false
    }
    commands[key]?.()
    isCutting = key === 'k'
    return true
  }
}
