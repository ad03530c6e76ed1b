import { imageBehaviour } from '#images/catalog.ts'
import { commandLine, processOf } from '#images/process.ts'
import { describe, expect, it } from 'vitest'

const behaviourOf = (image: string) => {
  const known = imageBehaviour(image)
  if ('failure' in known) throw new Error(known.failure)
  return known.behaviour
}

describe('a command line', () => {
  it.each([
    ['nginx', {}, '/docker-entrypoint.sh nginx -g daemon off;'],
    ['nginx', { args: ['nginx', '-v'] }, '/docker-entrypoint.sh nginx -v'],
    ['nginx', { args: ['bash'] }, 'bash'],
    ['nginx', { args: ['sh', '-c', 'echo a'] }, 'sh -c echo a'],
    ['nginx', { args: ['curl', 'http://web'] }, 'curl http://web'],
    ['redis', { args: ['--port', '7'] }, 'docker-entrypoint.sh --port 7'],
    ['redis', { args: ['cat', '/etc/hosts'] }, 'cat /etc/hosts'],
    ['curlimages/curl', { args: ['sh'] }, 'sh'],
    ['curlimages/curl', { args: ['-s', 'http://web'] }, '/entrypoint.sh -s http://web'],
    ['curlimages/curl', { args: ['http://web'] }, '/entrypoint.sh http://web'],
    ['busybox', { args: ['cat'] }, 'cat'],
    ['busybox', { command: ['tr'], args: ['a', 'b'] }, 'tr a b'],
  ])('of %s with %j is %s', (image, given, expected) => {
    expect(commandLine(given, behaviourOf(image)).join(' ')).toBe(expected)
  })
})

describe('a process that reads its input', () => {
  const run = (script: string, hasInput?: true) =>
    processOf(
      { command: ['sh', '-c', script] },
      behaviourOf('busybox'),
      {},
      hasInput === undefined ? {} : { hasInput },
    )

  it('finds its end if it has none', () => {
    expect(run('cat; echo over')).toMatchObject({ ends: { exitCode: 0 }, log: [{ text: 'over' }] })
  })

  it('waits from that moment on if it is open', () => {
    const process = run('echo first; sleep 3; read x; echo second', true)
    expect(process).toMatchObject({ waitsFrom: 3000, log: [{ text: 'first' }] })
    expect(process.ends).toBeUndefined()
  })

  it('is not held up if it does not read', () => {
    const process = run('echo first; sleep 3; echo second', true)
    expect(process.waitsFrom).toBeUndefined()
    expect(process.ends?.exitCode).toBe(0)
  })
})
