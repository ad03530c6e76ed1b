import { describe, expect, it } from 'vitest'
import { joined } from '../../../durable-objects/session/streams/bytes.ts'
import {
  type ProcessNews,
  RemoteCommand,
  RemoteCommandError,
  type RemoteProcess,
} from '../../../durable-objects/session/streams/remote-command.ts'

const frame = (channel: number, text = ''): Uint8Array =>
  joined(new Uint8Array([channel]), Buffer.from(text, 'latin1'))

/** A process that says what a list tells it to say, one entry a look. */
const session = (...news: readonly Partial<ProcessNews>[]) => {
  const heard: string[] = []
  const told: string[] = []
  const timers: { readonly act: () => void; readonly ms: number }[] = []
  const rest = [...news]
  const process: RemoteProcess = {
    feed: (text) => heard.push(`in ${text}`),
    endInput: () => heard.push('end'),
    resize: (columns, rows) => heard.push(`size ${columns}x${rows}`),
    look: () => ({ stdout: '', stderr: '', ...rest.shift() }),
    hangUp: () => heard.push('gone'),
  }
  const command = new RemoteCommand(process, ['sh', '-c', 'x'], {
    send: (bytes) => told.push(`${bytes[0]} ${Buffer.from(bytes.slice(1)).toString('latin1')}`),
    close: () => told.push('close'),
    setTimer: (act, ms) => {
      timers.push({ act, ms })
      return () => timers.pop()
    },
  })
  return { command, heard, told, timers }
}

describe('exec', () => {
  it('carries output on channels of their own, and ends with Success', () => {
    const { command, told } = session({ stdout: 'out\n', stderr: 'err\n', exitCode: 0 })
    command.run()
    expect(told).toEqual(['1 out\n', '2 err\n', '3 {"metadata":{},"status":"Success"}', 'close'])
  })

  it('carries what goes to both places in its order', () => {
    const { command, told } = session({
      stdout: 'out\n',
      stderr: 'before\nafter\n',
      pieces: [
        [2, 'before\n'],
        [1, 'out\n'],
        [2, 'after\n'],
      ],
    })
    command.run()
    expect(told).toEqual(['2 before\n', '1 out\n', '2 after\n'])
  })

  it('tells an exit code as kubectl reads it', () => {
    const { command, told } = session({ exitCode: 7 })
    command.run()
    expect(JSON.parse(told[0]!.slice(2))).toEqual({
      metadata: {},
      status: 'Failure',
      message:
        'command terminated with non-zero exit code: error executing command [sh -c x], exit code 7',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    })
  })

  it('hands on input, its end, and the size of the terminal', () => {
    const { command, heard } = session()
    command.receive(frame(0, 'ls\n'))
    command.receive(frame(4, '{"Width":80,"Height":24}'))
    command.receive(frame(255, '\0'))
    expect(heard).toEqual(['in ls\n', 'size 80x24', 'end'])
  })

  it('wakes when the process goes on by itself', () => {
    const { command, told, timers } = session({ wakeIn: 500 }, { stdout: 'later', exitCode: 0 })
    command.run()
    expect(timers.map(({ ms }) => ms)).toEqual([500])
    timers[0]!.act()
    expect(told[0]).toBe('1 later')
    expect(timers).toEqual([])
  })

  it('ends a process whose output never ends', () => {
    const mebibytes = Array.from({ length: 80 }, () => ({ stdout: 'y'.repeat(2 ** 20), wakeIn: 0 }))
    const { command, heard, told, timers } = session(...mebibytes)
    command.run()
    while (timers.length > 0) timers.pop()?.act()
    expect(told).toHaveLength(65 + 2)
    expect(told.at(-2)).toContain('a connection carries at most 64 MiB of output')
    expect(told.at(-1)).toBe('close')
    expect(heard).toEqual(['gone'])
  })

  it('tells nothing more after its end, and hangs up only once', () => {
    const { command, heard, told } = session({ exitCode: 0 }, { stdout: 'too late' })
    command.run()
    command.run()
    command.hangUp()
    expect(told).toHaveLength(2)
    expect(heard).toEqual([])
  })

  it('lets the process know that the client has gone', () => {
    const { command, heard, timers } = session({ wakeIn: 5 })
    command.run()
    command.hangUp()
    command.hangUp()
    expect([heard, timers]).toEqual([['gone'], []])
  })

  it.each([
    ['a channel that is not the client’s', frame(1, 'x')],
    ['an empty frame', new Uint8Array()],
    ['a size that is no JSON', frame(4, '{')],
  ])('refuses %s', (_, bytes) => {
    expect(() => session().command.receive(bytes)).toThrow(RemoteCommandError)
  })
})
