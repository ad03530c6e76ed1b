// xterm writes its colours into <style> elements, which the page's content security policy forbids. Style sheets that a script constructs
// are allowed: what is made in place of such an element hands on to one what is written into it. Nor may it write style attributes, as it
// does for colours of a text: they are set as properties, which is allowed.

/** An element without any effect, whose text is the text of a style sheet. */
const styleElement = (make: typeof document.createElement): HTMLElement => {
  const element = make('template')
  const sheet = new CSSStyleSheet()
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  Object.defineProperty(element, 'textContent', {
    set: (text: string) => {
      sheet.replaceSync(text)
    },
    get: () => '',
  })
  const remove = element.remove.bind(element)
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet)
    remove()
  }
  return element
}

/** A piece of text whose style attribute is set as properties. */
const span = (make: typeof document.createElement): HTMLElement => {
  const element = make('span')
  const setAttribute = element.setAttribute.bind(element)
  element.setAttribute = (name, value) => {
    if (name === 'style') element.style.cssText = value
    else setAttribute(name, value)
  }
  return element
}

/** From now on <style> elements and spans are made so. The answer ends it. */
export const withoutStyleElements = (): (() => void) => {
  const make = document.createElement.bind(document)
  const replaced = (name: string, options?: ElementCreationOptions): HTMLElement =>
    name === 'style' ? styleElement(make) : name === 'span' ? span(make) : make(name, options)
  document.createElement = replaced
  return () => {
    Reflect.deleteProperty(document, 'createElement')
  }
}
