// What an awk program sees and changes.
import { MainInput, Record_ } from '#shell/tools/awk/records.ts'
import { Streams } from '#shell/tools/awk/streams.ts'
import { AwkError, type Program } from '#shell/tools/awk/tree.ts'
import { fromInput, toNumber, toText, type Value } from '#shell/tools/awk/values.ts'
import type { Run } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

export type AwkArray = Map<string, Value>

/** A function's own names: values, or arrays that were handed in. */
export type Frame = Map<string, Value | AwkArray>

const BREATH = 500
const BREATH_STEPS = 1000

/** Variables, arrays, the record and its fields. */
export class State {
  readonly run: Run
  readonly program: Program
  readonly streams: Streams
  readonly input: MainInput
  readonly #globals: Frame = new Map<string, Value | AwkArray>()
  readonly #record = new Record_()
  protected frames: Frame[] = []
  #steps = 0
  protected random = 0
  #recordNumber = 0
  constructor(run: Run, program: Program, operands: readonly string[]) {
    this.run = run
    this.program = program
    this.streams = new Streams(run)
    const argv = ['awk', ...operands]
    this.input = new MainInput(
      run,
      () => this.#operands(),
      (name, value) => this.setGlobal(name, fromInput(value)),
    )
    for (const [name, value] of [
      ['FS', ' '],
      ['OFS', ' '],
      ['ORS', '\n'],
      ['RS', '\n'],
      ['CONVFMT', '%.6g'],
      ['OFMT', '%.6g'],
      ['SUBSEP', '\x1c'],
      ['FILENAME', ''],
      ['NR', 0],
      ['FNR', 0],
      ['RSTART', 0],
      ['RLENGTH', -1],
      ['ARGC', argv.length],
    ] as const)
      this.#globals.set(name, value)
    this.#globals.set('ARGV', new Map(argv.map((word, index) => [String(index), fromInput(word)])))
    this.#globals.set(
      'ENVIRON',
      new Map(Object.entries(run.call.env).map(([name, value]) => [name, fromInput(value)])),
    )
  }

  #operands(): readonly string[] {
    const argv = this.array('ARGV')
    const count = toNumber(this.global('ARGC'))
    return Array.from({ length: Math.max(0, Math.min(count, 10_000) - 1) }, (_, index) =>
      this.text(argv.get(String(index + 1))),
    )
  }

  /** Counts, so that an endless program can be ended. */
  *step(): ToolRun<void> {
    if (++this.#steps % BREATH === 0) yield { kind: 'work', steps: BREATH_STEPS }
  }

  text(value: Value): string {
    return toText(value, String(this.#globals.get('CONVFMT') ?? '%.6g'))
  }

  /** As `print` writes it. */
  printed(value: Value): string {
    return toText(value, this.text(this.global('OFMT')))
  }

  global(name: string): Value {
    const value = this.#globals.get(name)
    return value instanceof Map ? undefined : value
  }

  setGlobal(name: string, value: Value): void {
    this.#globals.set(name, value)
  }

  /** After an `exit` within one. */
  leaveFunctions(): void {
    this.frames = []
  }

  protected frameOf(name: string): Frame {
    const frame = this.frames.at(-1)
    return frame?.has(name) === true ? frame : this.#globals
  }

  variable(name: string): Value {
    if (name === 'NF') return this.#record.fields(this.separator()).length
    const value = this.frameOf(name).get(name)
    if (value instanceof Map) throw new AwkError(`can't read value of ${name}; it's an array name.`)
    return value
  }

  setVariable(name: string, value: Value): void {
    if (name === 'NF') return this.#record.setCount(toNumber(value), this.separator())
    const frame = this.frameOf(name)
    if (frame.get(name) instanceof Map)
      throw new AwkError(`can't assign to ${name}; it's an array name.`)
    frame.set(name, value)
  }

  array(name: string): AwkArray {
    const frame = this.frameOf(name)
    const value = frame.get(name)
    if (value instanceof Map) return value
    if (value !== undefined) throw new AwkError(`can't use scalar ${name} as array`)
    const made: AwkArray = new Map()
    frame.set(name, made)
    return made
  }

  protected separator(): string {
    return this.text(this.global('FS'))
  }

  /** The main input's next record into $0; false at its end. */
  *nextRecord(): ToolRun<boolean> {
    const text = yield* this.readMain()
    if (text === undefined) return false
    this.setRecord(text)
    return true
  }

  protected *readMain(): ToolRun<string | undefined> {
    const text = yield* this.input.read(
      () => this.text(this.global('RS')),
      (name) => {
        this.setGlobal('FILENAME', name)
        this.setGlobal('FNR', 0)
      },
    )
    if (text === undefined) return undefined
    this.#recordNumber = toNumber(this.global('NR')) + 1
    this.setGlobal('NR', this.#recordNumber)
    this.setGlobal('FNR', toNumber(this.global('FNR')) + 1)
    return text
  }

  setRecord(text: string): void {
    this.#record.set(text)
    // the separator is the one that stands when the record is read
    this.#record.fields(this.separator())
  }

  recordText(): string {
    return this.#record.text(this.text(this.global('OFS')))
  }

  protected field(index: number): Value {
    if (index === 0) return fromInput(this.recordText())
    if (index < 0) throw new AwkError(`trying to access out of range field ${index}`)
    return this.#record.fields(this.separator())[Math.trunc(index) - 1]
  }

  protected setField(index: number, value: Value): void {
    if (index === 0) return this.setRecord(this.text(value))
    if (index < 0) throw new AwkError(`trying to access out of range field ${index}`)
    this.#record.setField(
      Math.trunc(index),
      typeof value === 'number' ? fromInput(this.text(value)) : value,
      this.separator(),
    )
  }
}
