// What is typed behind the colon.
import { type Editing, lineCount } from './editing.ts'
import { ofLine } from './vi-motions.ts'

const NOT_WRITTEN = 'E37: No write since last change (add ! to override)'

const write = (editing: Editing): void => {
  editing.write()
  const text = editing.area.value
  editing.say(`"${editing.name}" ${lineCount(text)}L, ${new Blob([text]).size}B written`)
}

/** `s/old/new/g`, on the line of the cursor or on all. */
const substitute = (editing: Editing, command: string): boolean => {
  const [, all, separator, rest] = /^(%?)s([/#|])(.*)$/.exec(command) ?? []
  if (separator === undefined || rest === undefined) return false
  const [old = '', replacement = '', flags = ''] = rest.split(separator)
  const { area } = editing
  let pattern: RegExp
  try {
    pattern = new RegExp(old, flags.includes('i') ? 'giu' : 'gu')
  } catch {
    editing.say(`E486: Pattern not found: ${old}`)
    return true
  }
  const lines = area.value.split('\n')
  const here = area.value.slice(0, area.selectionStart).split('\n').length - 1
  const [from, to] = all === '%' ? [0, lines.length] : [here, here + 1]
  const changed = lines.map((line, index) => {
    if (index < from || index >= to) return line
    let isFirst = true
    return line.replace(pattern, (found) => {
      if (!flags.includes('g') && !isFirst) return found
      isFirst = false
      return replacement
    })
  })
  const text = changed.join('\n')
  if (text === area.value) editing.say(`E486: Pattern not found: ${old}`)
  else {
    const at = ofLine(text, here + 1)
    area.value = text
    area.setSelectionRange(at, at)
  }
  return true
}

export const runCommand = (editing: Editing, command: string): void => {
  const { area } = editing
  if (/^w(?:rite)?!?$/.test(command)) write(editing)
  else if (/^(?:wqa?|x|xit|wqall|xa)!?$/.test(command)) {
    editing.write()
    editing.leave()
  } else if (/^(?:q|quit|qa|qall)!$/.test(command)) editing.leave()
  else if (/^(?:q|quit|qa|qall)$/.test(command)) {
    if (editing.isChanged) editing.say(NOT_WRITTEN)
    else editing.leave()
  } else if (/^\d+$/.test(command)) {
    const at = ofLine(area.value, Number(command))
    area.setSelectionRange(at, at)
  } else if (/^(?:se|set|syntax|noh|nohlsearch)\b/.test(command)) editing.say('')
  else if (!substitute(editing, command)) editing.say(`E492: Not an editor command: ${command}`)
}
