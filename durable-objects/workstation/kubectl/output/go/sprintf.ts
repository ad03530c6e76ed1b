// go: fmt/print.go doPrintf
import { noFlags, MAX_WIDTH, type FormatFlags } from '#kubectl/output/go/format-flags.ts'
import { formatArgument, isTooLarge } from '#kubectl/output/go/format.ts'
import { killed } from '#kubectl/output/limits.ts'
import { integerOf, typeName, type GoValue } from '#kubectl/output/go/value.ts'

/** differs: Go goes on until its memory is full. */
const MAX_TEXT = 32 * 1024 * 1024

/** go: fmt.Sprintf */
export const sprintf = (format: string, ...values: readonly GoValue[]): string =>
  new Formatting(format, values).run()

class Formatting {
  readonly #format: string
  readonly #values: readonly GoValue[]
  #at = 0
  #next = 0
  #text = ''
  #reordered = false
  #afterIndex = false
  #goodIndex = true

  constructor(format: string, values: readonly GoValue[]) {
    this.#format = format
    this.#values = values
  }

  run(): string {
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at)
      const end = percent < 0 ? this.#format.length : percent
      this.#text += this.#format.slice(this.#at, end)
      this.#at = end + 1
      if (percent < 0) break
      this.#directive()
    }
    return this.#text + this.#extra()
  }

  #directive(): void {
    const flags = noFlags()
    this.#goodIndex = true
    this.#afterIndex = false
    this.#flags(flags)
    this.#argumentIndex()
    this.#width(flags)
    if (this.#format[this.#at] === '.') this.#precision(flags)
    if (!this.#afterIndex) this.#argumentIndex()
    const point = this.#format.codePointAt(this.#at)
    if (point === undefined) {
      this.#text += '%!(NOVERB)'
      return
    }
    const verb = String.fromCodePoint(point)
    this.#at += verb.length
    this.#verb(verb, flags)
  }

  #flags(flags: FormatFlags): void {
    for (; this.#at < this.#format.length; this.#at++)
      switch (this.#format[this.#at]) {
        case '#':
          flags.sharp = true
          break
        case '0':
          flags.zero = true
          break
        case '+':
          flags.plus = true
          break
        case '-':
          flags.minus = true
          break
        case ' ':
          flags.space = true
          break
        default:
          return
      }
  }

  #width(flags: FormatFlags): void {
    if (this.#format[this.#at] === '*') {
      this.#at += 1
      const width = this.#numberFromArgument()
      if (width === undefined) this.#text += '%!(BADWIDTH)'
      else {
        flags.width = Math.abs(width)
        if (width < 0) flags.minus = true
      }
      this.#afterIndex = false
      return
    }
    flags.width = this.#number()
    if (this.#afterIndex && flags.width !== undefined) this.#goodIndex = false // "%[3]2d"
  }

  #precision(flags: FormatFlags): void {
    this.#at += 1
    if (this.#afterIndex) this.#goodIndex = false // "%[3].2d"
    this.#argumentIndex()
    if (this.#format[this.#at] !== '*') {
      flags.precision = this.#number() ?? 0
      return
    }
    this.#at += 1
    const precision = this.#numberFromArgument() ?? -1
    if (precision < 0) this.#text += '%!(BADPREC)'
    else flags.precision = precision
    this.#afterIndex = false
  }

  /** Digits of the format; too large a number is none. */
  #number(): number | undefined {
    const digits = /^[0-9]+/.exec(this.#format.slice(this.#at, this.#at + 32))?.[0]
    if (digits === undefined) return undefined
    this.#at += digits.length
    const value = Number(digits)
    // Go looks before it takes the last digit.
    if (Math.floor(value / 10) <= MAX_WIDTH) return value
    this.#at = this.#format.length // as Go does: the rest is lost
    return undefined
  }

  #numberFromArgument(): number | undefined {
    if (this.#next >= this.#values.length) return undefined
    const value = integerOf(this.#values[this.#next]!)
    this.#next += 1
    return value === undefined || isTooLarge(value) ? undefined : Number(value)
  }

  /** `[3]`: which value comes next. */
  #argumentIndex(): void {
    if (this.#format[this.#at] !== '[') return
    this.#reordered = true
    const close = this.#format.indexOf(']', this.#at)
    const index = close < 0 ? '' : this.#format.slice(this.#at + 1, close)
    this.#at = close < 0 ? this.#at + 1 : close + 1
    const number = /^[0-9]{1,7}$/.test(index) ? Number(index) : 0
    if (number >= 1 && number <= this.#values.length) {
      this.#next = number - 1
      this.#afterIndex = true
    } else {
      this.#goodIndex = false
      this.#afterIndex = close >= 0 && /^[0-9]{1,7}$/.test(index)
    }
  }

  #verb(verb: string, flags: FormatFlags): void {
    if (verb === '%') this.#text += '%'
    else if (!this.#goodIndex) this.#text += `%!${verb}(BADINDEX)`
    else if (this.#next >= this.#values.length) this.#text += `%!${verb}(MISSING)`
    else {
      if (verb === 'v') {
        flags.sharpV = flags.sharp
        flags.plusV = flags.plus
        flags.sharp = false
        flags.plus = false
      }
      this.#text += formatArgument(this.#values[this.#next]!, verb, flags)
      this.#next += 1
    }
    if (this.#text.length > MAX_TEXT) throw killed()
  }

  #extra(): string {
    if (this.#reordered || this.#next >= this.#values.length) return ''
    const extra = this.#values
      .slice(this.#next)
      .map((value) =>
        value === null ? '<nil>' : `${typeName(value)}=${formatArgument(value, 'v', noFlags())}`,
      )
    return `%!(EXTRA ${extra.join(', ')})`
  }
}
