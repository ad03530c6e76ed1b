// What `nano`, `vim` and `kubectl edit` open: a plain editor over the page, which knows the keys of the one that was asked for.
import type { Editing, Keys } from './editing.ts'
import { nanoKeys } from './nano.ts'
import { viKeys } from './vi.ts'

const element = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Partial<HTMLElementTagNameMap[K]>,
): HTMLElementTagNameMap[K] => Object.assign(document.createElement(name), attributes)

const KEYS: Readonly<Record<string, (editing: Editing) => Keys>> = {
  nano: nanoKeys,
  vi: viKeys,
  vim: viKeys,
}

const INDENTATION = '  '

/** The dialog's own keys: what no editor says otherwise. */
const plainKeys =
  (editing: Editing): Keys =>
  ({ key, shiftKey, ctrlKey, metaKey }) => {
    const { area } = editing
    if ((ctrlKey || metaKey) && key === 's') {
      editing.write()
      editing.leave()
    } else if (key === 'Escape') {
      // work is not thrown away
      if (!editing.isChanged) editing.leave()
    } else if (key === 'Tab' && !shiftKey)
      area.setRangeText(INDENTATION, area.selectionStart, area.selectionEnd, 'end')
    else return false
    return true
  }

const dialogFor = (path: string, text: string) => {
  const hasKeys = !matchMedia('(pointer: coarse)').matches
  const dialog = element('dialog', { className: 'editor' })
  const title = element('h2', { className: 'mono', textContent: path, id: 'editor-title' })
  const area = element('textarea', { value: text, spellcheck: false, wrap: 'off' })
  area.setAttribute('aria-labelledby', title.id)
  area.autocapitalize = 'off'
  const status = element('p', { className: 'status mono quiet', role: 'status' })
  const save = element('button', { textContent: `Save and close${hasKeys ? ' (Ctrl-S)' : ''}` })
  const cancel = element('button', { textContent: 'Close without saving', className: 'plain' })
  const buttons = element('div', { className: 'buttons' })
  buttons.append(save, cancel)
  dialog.setAttribute('aria-labelledby', title.id)
  dialog.append(title, area, status, buttons)
  return { dialog, area, status, save, cancel }
}

/** The text as it was saved; undefined: it was left as it is. `name`: of the editor. */
export const editFile = (path: string, text: string, name: string): Promise<string | undefined> => {
  const { dialog, area, status, save, cancel } = dialogFor(path, text)
  document.body.append(dialog)
  dialog.showModal()
  area.focus()
  area.setSelectionRange(0, 0)
  let kept = text
  let written: string | undefined
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const editing: Editing = {
    name: path.slice(path.lastIndexOf('/') + 1),
    area,
    get isChanged() {
      return area.value !== kept
    },
    say: (said) => {
      status.textContent = said
    },
    write: () => {
      kept = area.value
      // as nano and vi do
      written = kept === '' || kept.endsWith('\n') ? kept : `${kept}\n`
    },
    leave: () => dialog.close(),
  }
  const guard = (event: Event): void => {
    if (editing.isChanged) event.preventDefault()
  }
  addEventListener('beforeunload', guard)
  dialog.addEventListener('close', () => {
    removeEventListener('beforeunload', guard)
    dialog.remove()
    resolve(written)
  })
  save.addEventListener('click', () => {
    editing.write()
    editing.leave()
  })
  cancel.addEventListener('click', () => editing.leave())
  const plain = plainKeys(editing)
  const keys = KEYS[name]?.(editing)
  area.addEventListener('keydown', (event) => {
    // a letter that is being put together is the keyboard's
    if (event.isComposing) return
    const isTaken = (event.key === 's' && event.ctrlKey ? false : keys?.(event)) || plain(event)
    if (isTaken) event.preventDefault()
  })
  dialog.addEventListener('cancel', (event) => {
    if (editing.isChanged) event.preventDefault()
  })
  return promise
}
