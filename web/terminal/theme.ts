// The colours of the page on the terminal's screen.
import type { ITheme } from '@xterm/xterm'

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const isDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches

/** `light-dark(a, b)` as it is now. */
const resolved = (name: string): string => {
  const [, light = '', dark = ''] = /light-dark\(([^,]+),\s*([^)]+)\)/.exec(colour(name)) ?? []
  return (isDark() ? dark : light) || colour(name)
}

/** On the page's white: those of a dark terminal could not be read there. */
const LIGHT = {
  red: '#b3261e',
  green: '#1a7038',
  yellow: '#805700',
  blue: '#2f5fe0',
  magenta: '#93328e',
  cyan: '#086c80',
  white: '#5d6169',
}
const DARK = {
  red: '#ff8a80',
  green: '#7fd08f',
  yellow: '#e5c07b',
  blue: '#7aa2ff',
  magenta: '#e39be0',
  cyan: '#6fd0de',
  white: '#e7e5df',
}

export const theme = (): ITheme => {
  const colours = isDark() ? DARK : LIGHT
  return {
    ...colours,
    brightRed: colours.red,
    brightGreen: colours.green,
    brightYellow: colours.yellow,
    brightBlue: colours.blue,
    brightMagenta: colours.magenta,
    brightCyan: colours.cyan,
    background: resolved('--field'),
    foreground: resolved('--ink'),
    cursor: resolved('--accent'),
    cursorAccent: resolved('--field'),
    selectionBackground: resolved('--hatch'),
  }
}

/** WCAG 2.2, 1.4.3: whatever else programs paint is moved towards the ink until it can be read. */
export const MINIMUM_CONTRAST = 4.5
