import { describe, expect, test } from 'vitest'
import { kubectlTool } from '#kubectl/kubectl.ts'
import { Desk } from '../../support/workstation.ts'

const NGINX_TITLE = '<title>Welcome to nginx!</title>'

/** A computer in front of a cluster with a web server. */
const deskWithWeb = (): Desk => {
  const desk = new Desk({ template: 'default', delays: 'lively' }, kubectlTool)
  desk.run('kubectl run web --image=nginx --port=80 --expose')
  const ready = desk.run('kubectl wait pod/web --for=condition=Ready --timeout=30s')
  expect(ready.stdout).toBe('pod/web condition met\n')
  return desk
}

/** Types into a terminal, lets some seconds pass, and tells what it has shown. */
const typeAndWait = (desk: Desk, seat: ReturnType<Desk['terminal']>, keys: string): string => {
  let text = desk.type(seat, keys)
  for (let turns = 0; turns < 20; turns++) {
    desk.turn(200)
    text += desk.type(seat, '')
  }
  return text
}

describe('kubectl run -it --rm', () => {
  test('asks a Service from within the cluster', () => {
    const desk = deskWithWeb()
    const { stdout, exitCode } = desk.run(
      'kubectl run tmp --rm -it --image=busybox --restart=Never -- wget -qO- http://web',
    )
    expect(exitCode).toBe(0)
    expect(stdout).toContain(NGINX_TITLE)
    expect(stdout).toMatch(/pod "tmp" deleted from default namespace\n$/)
  })

  test('shows what was said before it was attached', () => {
    const { stdout } = deskWithWeb().run(
      "kubectl run tmp --rm -i --image=busybox --restart=Never -- sh -c 'echo direct; sleep 2; echo two'",
    )
    expect(stdout).toBe('direct\ntwo\npod "tmp" deleted from default namespace\n')
  })

  test('gives a shell to a terminal, whose end takes the Pod away', () => {
    const desk = deskWithWeb()
    const seat = desk.terminal()
    const opened = typeAndWait(
      desk,
      seat,
      'kubectl run tmp --rm -it --image=busybox --restart=Never -- sh\r',
    )
    expect(opened).toContain("If you don't see a command prompt, try pressing enter.\r\n")
    expect(opened).toMatch(/\/ # $/)
    expect(typeAndWait(desk, seat, 'wget -qO- http://web\r')).toContain(NGINX_TITLE)
    const left = typeAndWait(desk, seat, 'exit 2\r')
    expect(left).toContain("resume using 'kubectl attach tmp -c tmp -n default -i -t' command")
    expect(left).toContain('pod "tmp" deleted from default namespace\r\n')
    expect(left).toContain('pod default/tmp terminated (Error)\r\n')
    expect(typeAndWait(desk, seat, 'echo it was $?\r')).toContain('it was 2\r\n')
    expect(desk.run('kubectl get pod tmp').exitCode).toBe(1)
  })

  test('leaves the Pod behind if it is interrupted', () => {
    const desk = deskWithWeb()
    const seat = desk.terminal()
    typeAndWait(
      desk,
      seat,
      'kubectl run tmp --rm -i --image=busybox --restart=Never -- sleep 100\r',
    )
    expect(typeAndWait(desk, seat, '\x03')).toMatch(/\^C\r\n/)
    expect(desk.run('kubectl get pod tmp -o name').stdout).toBe('pod/tmp\n')
  })
})
