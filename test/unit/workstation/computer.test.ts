import { describe, expect, test } from 'vitest'
import type { KubectlHost } from '#kubectl/host.ts'
import { sleepFor, type Tool, writeError, writeOut } from '#shell/tools/tool.ts'
import { Desk } from '../../support/workstation.ts'

const desk = new Desk()

const done = (stdout: string) => ({ stdout, stderr: '', exitCode: 0 })

describe('the computer', () => {
  test.each([
    ['whoami; hostname; pwd; id -u', 'learner\nworkstation\n/home/learner\n1000\n'],
    ['echo $HOME $USER $SHELL ${KUBECONFIG-unset}', '/home/learner learner /bin/bash unset\n'],
    ['ls -A', '.bashrc\n.kube\n.profile\n'],
    [
      'type kubectl; which k curl',
      'kubectl is /usr/bin/kubectl\n/usr/local/bin/k\n/usr/bin/curl\n',
    ],
    ['grep current-context .kube/config', 'current-context: kubarium\n'],
    [
      'cat /etc/hostname; tail -n 1 /etc/passwd',
      'workstation\nlearner:x:1000:1000::/home/learner:/bin/bash\n',
    ],
    ['k get /version | grep -o \'"minor": "[0-9]*"\'', '"minor": "36"\n'],
  ])('%s', (command, stdout) => {
    expect(desk.run(command)).toEqual(done(stdout))
  })

  test('says what it does not have as bash does', () => {
    expect(desk.run('ansible --version')).toEqual({
      stdout: '',
      stderr: 'bash: line 1: ansible: command not found\n',
      exitCode: 127,
    })
    expect(desk.run('helm list').stderr).toBe(
      'bash: line 1: helm: command not found\nkubectl apply -f and kubectl apply -k take manifests\n',
    )
    expect(desk.run('command -v jq || man kubectl')).toMatchObject({ stdout: '', exitCode: 16 })
    expect(desk.run('sudo whoami; sudo ansible')).toEqual({
      stdout: 'learner\n',
      stderr: 'sudo: ansible: command not found\n',
      exitCode: 1,
    })
  })

  test('keeps what lies in the home folder and in /tmp from command to command', () => {
    desk.run('echo a > a.txt; echo b > /tmp/b.txt')
    expect(desk.run('cat a.txt /tmp/b.txt; rm a.txt')).toEqual(done('a\nb\n'))
  })

  test('is another one for somebody who only looks', () => {
    expect(desk.run('echo x > seen; cat seen', { rights: 'view' })).toEqual(done('x\n'))
    expect(desk.run('cat seen', { rights: 'view' }).exitCode).toBe(1)
    expect(
      desk.run('kubectl get /api/v1/namespaces/kube-system/secrets', { rights: 'view' }),
    ).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('cannot list resource'),
    })
  })
})

describe('what a beginner or a prankster types', () => {
  test.each([
    ['yes | head -n 2', 'y\ny\n'],
    ['yes | head -c 10000000 | wc -c', '10000000\n'],
    ['head -c 1000000 /dev/zero | tr "\\0" x > line; wc -c < line; rm line', '1000000\n'],
    ['head -c 20000000 /dev/zero | wc -c', '20000000\n'],
    ['seq 3000000 | tail -n 2 | head -n 1', '2999999\n'],
    ['tail -c 1 /dev/zero 2> /dev/null; echo $?', '137\n'],
    ['head -c 5 /dev/urandom > bin; wc -c < bin; rm bin', '5\n'],
    [
      'mkdir -p a/b/c/d/e; ls -d /*/*/*/*/* */*/*/*/* 2>/dev/null | tail -n 1; rm -r a',
      'a/b/c/d/e\n',
    ],
    ['sleep 100 & sleep 1; echo done', 'done\n'],
  ])('%s', (command, stdout) => {
    expect(desk.run(command)).toEqual(done(stdout))
  })

  test.each([
    ['while true; do :; done', 'it worked for too long without an end'],
    ['awk "BEGIN { while (1) x++ }"', 'it worked for too long without an end'],
    ['sed ":a;ba" <<< x', 'it worked for too long without an end'],
    ['grep x /dev/zero', 'it worked for too long without an end'],
    ['yes | grep -c y', 'it worked for too long without an end'],
    ['yes', 'more than 1 MiB of output'],
    ['yes >&2', 'more than 1 MiB of output'],
    ['yes | wc -c', 'it worked for too long without an end'],
    ['f() { f | f; }; f', 'too many processes'],
  ])('%s is stopped, and the computer goes on', (command, stopped) => {
    const ran = desk.run(command)
    expect(ran).toMatchObject({ exitCode: 137, stopped })
    expect(ran.stdout.length).toBeLessThanOrEqual(1024 * 1024)
    expect(desk.run('echo well')).toEqual(done('well\n'))
  })

  test("rm -rf / takes the learner's files and nothing else", () => {
    const mine = new Desk()
    expect(mine.run('rm -rf /')).toMatchObject({
      stderr: expect.stringContaining("it is dangerous to operate recursively on '/'"),
    })
    mine.run('rm -rf --no-preserve-root /')
    expect(mine.run('ls -A ~; kubectl get /version > /dev/null && ls /usr | head -n 1')).toEqual(
      done('bin\n'),
    )
  })

  test('a full home folder is one that says so', () => {
    const mine = new Desk()
    expect(mine.run('head -c 6000000 /dev/zero > big')).toMatchObject({
      stderr: expect.stringContaining('No space left on device'),
    })
    expect(
      mine.run('rm big; for i in $(seq 2100); do echo > f$i || break; done; ls | wc -l'),
    ).toEqual({
      stdout: '1996\n',
      stderr: 'bash: line 1: f1997: No space left on device\n',
      exitCode: 0,
    })
    expect(mine.run('rm f*; echo more > f; cat f')).toEqual(done('more\n'))
  })
})

describe('the network outside of the cluster', () => {
  const SERVICE = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, nodePort: 30_080 }] },
  }
  const POD = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
  }
  // programs run only in clusters that have a network of Pods
  const own = new Desk({ delays: 'instant' })
  for (const [kind, object] of [
    ['services', SERVICE],
    ['pods', POD],
  ] as const)
    own.run(`kubectl post /api/v1/namespaces/default/${kind}`, { stdin: JSON.stringify(object) })
  for (let turns = 0; turns < 5; turns++) own.turn()

  test('node ports are reached as from the internet', () => {
    expect(own.run('curl -s http://$(minikube ip):30080 | grep -o "<title>.*</title>"')).toEqual(
      done('<title>Welcome to nginx!</title>\n'),
    )
  })

  test.each([
    [
      'curl -sS -m 3 http://10.96.0.10',
      28,
      'curl: (28) Connection timed out after 3001 milliseconds\n',
    ],
    [
      'curl -sS http://10.96.0.10',
      28,
      'curl: (28) Failed to connect to 10.96.0.10 port 80 after 134000 ms: Could not connect to server\n',
    ],
    ['curl -sS http://web', 6, 'curl: (6) Could not resolve host: web\n'],
    [
      'curl -sS http://web.default.svc.cluster.local',
      6,
      'curl: (6) Could not resolve host: web.default.svc.cluster.local\n',
    ],
    [
      'curl -sS http://192.168.49.2:30081',
      7,
      'curl: (7) Failed to connect to 192.168.49.2 port 30081 after 1 ms: Could not connect to server\n',
    ],
    [
      'curl -sS http://localhost:8080',
      7,
      'curl: (7) Failed to connect to localhost port 8080 after 0 ms: Could not connect to server\n',
    ],
  ])('%s fails as it would', (command, exitCode, stderr) => {
    expect(own.run(command, { seconds: 300 })).toEqual({ stdout: '', stderr, exitCode })
  })

  test('a script waits ten seconds for nobody, a terminal as long as Linux does', () => {
    const line = 'curl -sS http://10.96.0.10; echo "it was $?"'
    expect(own.run(line, { seconds: 10 }).stdout).toBe('it was 28\n')
    const terminal = own.terminal()
    own.type(terminal, `${line}\r`)
    const waitFor = (seconds: number): string => {
      own.turn(seconds * 1000)
      return own.type(terminal, '')
    }
    expect(waitFor(130)).toBe('')
    expect(waitFor(5)).toContain('after 134000 ms')
  })

  test('names of the internet are known, those of the cluster are not', () => {
    expect(own.run('dig +short example.com')).toEqual(done('192.0.2.10\n'))
    expect(own.run('dig web.default.svc.cluster.local').stdout).toContain('status: NXDOMAIN')
    expect(own.run('ping -c 1 10.96.0.1').exitCode).toBe(1)
    expect(own.run('ping -c 1 192.168.49.3').exitCode).toBe(0)
  })

  test('trace and why tell more', () => {
    expect(own.run('trace $(minikube ip):30080').stdout).toContain(
      'GET http://192.168.49.2:30080/: DELIVERED',
    )
    expect(own.run('trace web --from pod/web').stdout).toContain('DELIVERED')
    expect(own.run('why web').stdout).toContain('default/web')
    expect(own.run('why nope')).toMatchObject({
      stderr: 'why: there is no Service "nope" in namespace "default"\n',
      exitCode: 1,
    })
    expect(own.run('trace web --from pod/nope').exitCode).toBe(1)
  })
})

describe('minikube', () => {
  const own = new Desk()

  test('tells where the nodes are', () => {
    expect(own.run('minikube ip; minikube node list')).toEqual(
      done('192.168.49.2\nnode-1\t192.168.49.2\nnode-2\t192.168.49.3\nnode-3\t192.168.49.4\n'),
    )
  })

  test('switches machines off and on', () => {
    expect(own.run('minikube node stop node-2; minikube status | grep -c Stopped')).toEqual(
      done('* Stopping node "node-2"  ...\n* Successfully stopped node node-2\n2\n'),
    )
    expect(own.run('minikube node start node-2; minikube status > /dev/null').exitCode).toBe(0)
  })

  test('adds nodes and deletes them', () => {
    own.run('minikube node add')
    expect(own.run('minikube node list | tail -n 1')).toEqual(done('node-4\t192.168.49.5\n'))
    own.run('minikube node delete node-4')
    expect(own.run('minikube node list | wc -l')).toEqual(done('3\n'))
    expect(own.run('minikube node delete node-4')).toMatchObject({ exitCode: 80 })
  })

  test('gives the addresses of Services', () => {
    expect(own.run('minikube service kubernetes --url').exitCode).toBe(1)
    expect(own.run('minikube service nope')).toMatchObject({
      stderr: expect.stringContaining("Service 'nope' was not found in 'default' namespace."),
      exitCode: 115,
    })
    expect(own.run('minikube service list -n default').stdout.split('\n')[3]).toBe(
      '| default   | kubernetes | No node port |     |',
    )
  })
})

describe('a forwarded port', () => {
  const POD = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
  }
  /** Forwards a port of a Pod for three seconds. */
  const forwarder = (host: KubectlHost): Tool => ({
    name: 'kubectl',
    *run({ argv }) {
      const [, pod = '', port = ''] = argv
      if (pod === 'create') {
        host.request({
          method: 'POST',
          path: '/api/v1/namespaces/default/pods',
          body: JSON.stringify(POD),
        })
        return 0
      }
      const opened = host.forward('default', pod, 8080, Number(port))
      if (typeof opened === 'string') {
        yield* writeError(`${opened}\n`)
        return 1
      }
      yield* sleepFor(3000)
      yield* writeOut(`${opened.takeConnections()} connections\n`)
      return 0
    },
  })
  const own = new Desk({ delays: 'instant' }, forwarder)
  own.run('kubectl create; sleep 5')

  test('leads into a Pod for as long as its program runs', () => {
    const ran = own.run(
      'kubectl web 80 & sleep 1; curl -s http://localhost:8080 | grep -o "<h1>.*</h1>"; wait; curl -s http://localhost:8080; echo $?',
    )
    expect(ran).toEqual(done('<h1>Welcome to nginx!</h1>\n1 connections\n7\n'))
  })

  test('is one that nobody else has', () => {
    expect(own.run('kubectl web 80 > /dev/null & sleep 1; kubectl web 80')).toEqual({
      stdout: '',
      stderr: 'listen tcp4 127.0.0.1:8080: bind: address already in use\n',
      exitCode: 1,
    })
    // the one behind was ended with its shell
    expect(own.run('curl -s http://localhost:8080').exitCode).toBe(7)
  })

  test('takes connections even if nothing listens in the Pod', () => {
    expect(own.run('kubectl web 81 > /dev/null & sleep 1; curl -sS http://localhost:8080')).toEqual(
      {
        stdout: '',
        stderr: 'curl: (52) Empty reply from server\n',
        exitCode: 52,
      },
    )
  })

  test('is not for those who only look', () => {
    expect(own.run('kubectl web 80', { rights: 'view' })).toMatchObject({
      stderr: expect.stringContaining('cannot create resource "pods/portforward"'),
      exitCode: 1,
    })
  })
})
