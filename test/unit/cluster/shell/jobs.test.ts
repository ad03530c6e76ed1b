// Job control at a terminal, as bash 5.2 shows it (recorded in a pseudo terminal; process ids as ours are).
import { FileSystem } from '#shell/files/file-system.ts'
import { directory } from '#shell/files/node.ts'
import { volumeOf } from '#shell/files/volume.ts'
import { ShellSession } from '#shell/session.ts'
import { toolsOf } from '#shell/tools/tools-of-flavour.ts'
import { describe, expect, test } from 'vitest'

const SECOND = 1000
const STOP = '\x1a'
const INTERRUPT = '\x03'
const END = '\x04'

/** What the terminal shows after these keys; a number is so many milliseconds that pass. */
const shown = (...keys: readonly (string | number)[]): string => {
  const root = directory({ root: directory({}), tmp: directory({}) })
  const tools = toolsOf('workstation')
  const session = new ShellSession({
    machine: {
      hostname: 'here',
      user: { name: 'root', uid: 0, gid: 0, home: '/root' },
      startedAt: 0,
      program: (name) => tools.get(name),
      shell: (name) => (name === 'bash' ? 'bash' : undefined),
      random: () => 4,
    },
    argv: ['bash'],
    files: new FileSystem(volumeOf(root), { now: () => 0 }),
    env: { HOME: '/root', PS1: '$ ' },
    cwd: '/root',
    isTTY: true,
    hasInput: true,
  })
  let text = ''
  let now = 0
  const settle = (): void => {
    for (let looks = 0; looks < 1000; looks++) {
      const { output, state } = session.poll(now)
      text += output.map((piece) => piece.text).join('')
      if (state.kind === 'ended') text += `<${state.exitCode}>`
      if (state.kind !== 'busy') return
    }
  }
  settle()
  for (const key of keys) {
    if (typeof key === 'string') session.feed(key)
    else now += key
    settle()
  }
  return text.replaceAll('\r\n', '\n').replace(/^\$ /, '')
}

const TRANSCRIPTS: readonly (readonly [string, readonly (string | number)[], string])[] = [
  [
    '^Z stops what runs in front, bg lets it go on, fg brings it back, ^C ends it',
    ['sleep 100\r', STOP, 'jobs\r', 'bg\r', 'jobs\r', 'fg\r', INTERRUPT, 'echo $?\r'],
    `sleep 100
^Z
[1]+  Stopped                 sleep 100
$ jobs
[1]+  Stopped                 sleep 100
$ bg
[1]+ sleep 100 &
$ jobs
[1]+  Running                 sleep 100 &
$ fg
sleep 100
^C
$ echo $?
130
$ `,
  ],
  [
    'a pipeline is one job, of which -l shows each process',
    ['sleep 100 | cat\r', STOP, 'echo $?\r', 'sleep 200 &\r', 'jobs -l\r', 'fg %1\r', INTERRUPT],
    `sleep 100 | cat
^Z
[1]+  Stopped                 sleep 100 | cat
$ echo $?
148
$ sleep 200 &
[2] 4
$ jobs -l
[1]+ 2 Stopped                 sleep 100
     3                       | cat
[2]- 4 Running                 sleep 200 &
$ fg %1
sleep 100 | cat
^C
$ `,
  ],
  [
    'kill ends a job with all that it started',
    [
      'while true; do sleep 1; done &\r',
      'jobs\r',
      'kill %1\r',
      3 * SECOND,
      'pgrep sleep || echo none\r',
    ],
    `while true; do sleep 1; done &
[1] 2
$ jobs
[1]+  Running                 while true; do
    sleep 1;
done &
$ kill %1
[1]+  Terminated              while true; do
    sleep 1;
done
$ pgrep sleep || echo none
none
$ `,
  ],
  [
    'how jobs ended is told before the next prompt',
    ['sleep 0.2 &\r', SECOND, '\r', '(exit 3) &\r', '\r', 'sleep 9 &\r', 'kill -9 %1\r'],
    `sleep 0.2 &
[1] 2
$ 
[1]+  Done                    sleep 0.2
$ (exit 3) &
[1] 3
$ 
[1]+  Exit 3                  ( exit 3 )
$ sleep 9 &
[1] 4
$ kill -9 %1
[1]+  Killed                  sleep 9
$ `,
  ],
  [
    'a job behind the prompt that reads is stopped, and reads when it is in front',
    ['cat &\r', '\r', 'fg\r', 'hi\r', END, 'echo on\r'],
    `cat &
[1] 2
$ 
[1]+  Stopped                 cat
$ fg
cat
hi
hi
$ echo on
on
$ `,
  ],
  [
    'who leaves is told once of stopped jobs',
    ['cat\r', STOP, 'exit\r', 'jobs\r', 'exit\r'],
    `cat
^Z
[1]+  Stopped                 cat
$ exit
exit
There are stopped jobs.
$ jobs
[1]+  Stopped                 cat
$ exit
exit
<0>`,
  ],
  [
    'the current job and the one before it',
    ['sleep 100 &\r', 'sleep 200\r', STOP, 'fg %-\r', STOP, 'jobs\r', 'bg %1 %2\r', 'disown %2\r'],
    `sleep 100 &
[1] 2
$ sleep 200
^Z
[2]+  Stopped                 sleep 200
$ fg %-
sleep 100
^Z
[1]+  Stopped                 sleep 100
$ jobs
[1]+  Stopped                 sleep 100
[2]-  Stopped                 sleep 200
$ bg %1 %2
[1]+ sleep 100 &
[2]+ sleep 200 &
$ disown %2
$ `,
  ],
  [
    'a loop whose command is stopped is over, a function goes on behind it',
    ['for i in 1 2; do sleep 50; done\r', STOP, 'f() { sleep 50; echo on; }; f\r', STOP, 'jobs\r'],
    `for i in 1 2; do sleep 50; done
^Z
[1]+  Stopped                 sleep 50
$ f() { sleep 50; echo on; }; f
^Z
[2]+  Stopped                 sleep 50
on
$ jobs
[1]-  Stopped                 sleep 50
[2]+  Stopped                 sleep 50
$ `,
  ],
  [
    'what there is not cannot be continued',
    ['fg\r', 'bg %3\r', 'disown\r', 'kill %3\r', 'kill abc\r', 'wait %3\r'],
    `fg
bash: fg: current: no such job
$ bg %3
bash: bg: %3: no such job
$ disown
bash: disown: current: no such job
$ kill %3
bash: kill: %3: no such job
$ kill abc
bash: kill: abc: arguments must be process or job IDs
$ wait %3
bash: wait: %3: no such job
$ `,
  ],
  [
    'a substitution is not stopped, and ends at ^C',
    ['x=$(sleep 100)\r', STOP, INTERRUPT, 'echo $?\r'],
    `x=$(sleep 100)
^C
$ echo $?
130
$ `,
  ],
  [
    'wait waits for all, or for the next, and is given up at ^C',
    ['sleep 1 & sleep 2 &\r', 'wait -n; echo $?\r', SECOND, 'wait\r', INTERRUPT, 'wait\r', SECOND],
    `sleep 1 & sleep 2 &
[1] 2
[2] 3
$ wait -n; echo $?
0
[1]-  Done                    sleep 1
$ wait
^C
$ wait
[2]+  Done                    sleep 2
$ `,
  ],
  [
    'a bash in the bash has jobs of its own',
    ['sleep 100 &\r', "PS1='> ' bash\r", 'jobs\r', 'sleep 9\r', STOP, 'exit\r', 'exit\r', '%1\r'],
    `sleep 100 &
[1] 2
$ PS1='> ' bash
> jobs
> sleep 9
^Z
[1]+  Stopped                 sleep 9
> exit
exit
There are stopped jobs.
> exit
exit
$ %1
sleep 100
`,
  ],
  [
    '^D ends the input of a program, and the next reads on',
    ['cat > x\r', 'a\r', END, 'cat x\r', END],
    `cat > x
a
$ cat x
a
$ exit
<0>`,
  ],
  [
    'read is given up at ^C, and a trap is heard at the prompt',
    ['read a\r', INTERRUPT, "trap 'echo got' INT\r", INTERRUPT, 'echo on\r'],
    `read a
^C
$ trap 'echo got' INT
$ ^Cgot

$ echo on
on
$ `,
  ],
]

describe('a terminal with jobs', () => {
  test.each(TRANSCRIPTS)('%s', (_, keys, text) => {
    expect(shown(...keys)).toBe(text)
  })
})
