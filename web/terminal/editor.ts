// What `nano`, `vim` and `kubectl edit` open: a plain editor over the page.

const element = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Partial<HTMLElementTagNameMap[K]>,
): HTMLElementTagNameMap[K] => Object.assign(document.createElement(name), attributes)

/** The text as it was saved; undefined: it was left as it is. */
export const editFile = (path: string, text: string): Promise<string | undefined> => {
  const dialog = element('dialog', { className: 'editor' })
  const title = element('h2', { className: 'mono', textContent: path, id: 'editor-title' })
  const area = element('textarea', { value: text, spellcheck: false, wrap: 'off' })
  area.setAttribute('aria-labelledby', title.id)
  const save = element('button', { textContent: 'Save (Ctrl-S)' })
  const cancel = element('button', { textContent: 'Close without saving', className: 'plain' })
  const buttons = element('div', { className: 'buttons' })
  buttons.append(save, cancel)
  dialog.setAttribute('aria-labelledby', title.id)
  dialog.append(title, area, buttons)
  document.body.append(dialog)
  dialog.showModal()
  area.focus()
  area.setSelectionRange(0, 0)
  return new Promise((resolve) => {
    const end = (result: string | undefined): void => {
      dialog.close()
      dialog.remove()
      resolve(result)
    }
    save.addEventListener('click', () => end(area.value))
    cancel.addEventListener('click', () => end(undefined))
    dialog.addEventListener('cancel', (event) => {
      // Escape does not throw work away
      event.preventDefault()
      if (area.value === text) end(undefined)
    })
    area.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === 's') {
        event.preventDefault()
        end(area.value)
      } else if (event.key === 'Tab' && !event.shiftKey) {
        event.preventDefault()
        area.setRangeText('  ', area.selectionStart, area.selectionEnd, 'end')
      }
    })
  })
}
