// The specs of [sig-cli] in the official conformance suite, each in a namespace of its own, with the real kubectl.
// kubernetes: test/e2e/kubectl/kubectl.go, test/e2e/kubectl/logs.go
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { kubectlPath } from '../support/kubectl.mjs'
import { startProduct } from '../support/product.mjs'
import { eventually } from '../support/session-client.mjs'
import { createSession, kubeconfigOf } from '../support/session.mjs'
import {
  AGNHOST,
  AGNHOST_PRIMARY,
  AGNHOST_SERVICE,
  BUSYBOX,
  GUESTBOOK,
  HTTPD,
  HTTPD_DEPLOYMENT,
  NAUTILUS,
  NAUTILUS_CONTROLLER,
  PAUSE_POD,
} from '../support/sig-cli-manifests.mjs'

const PATIENCE_MS = 30_000

const folder = mkdtempSync(path.join(tmpdir(), 'kubarium-sig-cli-'))
const kubeconfig = path.join(folder, 'kubeconfig')
const running = new Set()
let product
let api

before(async () => {
  product = await startProduct()
  const session = await createSession(product.url)
  writeFileSync(kubeconfig, await kubeconfigOf(product.url, session))
  api = `${product.url}/k8s/${session.id}.${session.key}`
})
after(async () => {
  for (const child of running) child.kill()
  await product.stop()
  rmSync(folder, { recursive: true, force: true })
})

const start = (args) => {
  const child = spawn(kubectlPath(), args, {
    env: { ...process.env, KUBECONFIG: kubeconfig, HOME: folder },
  })
  running.add(child)
  child.on('close', () => running.delete(child))
  return child
}

/** Runs kubectl to its end. */
const run = async (args, input = '') => {
  const child = start(args)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

/** kubectl in a namespace: `kubectl(['get', 'pods'], input)` must succeed and gives what it printed. */
const kubectlIn = (namespace) => async (args, input) => {
  const { code, stdout, stderr } = await run(
    [...(namespace === undefined ? [] : ['-n', namespace]), ...args],
    input,
  )
  assert.equal(code, 0, `kubectl ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

/** A spec with a namespace of its own, which goes when the spec has ended, however it ends. */
const spec = (name, body) =>
  void test(name, async () => {
    const namespace = `kubectl-${(namespaces += 1)}`
    await kubectlIn()(['create', 'namespace', namespace])
    await body({ namespace, kubectl: kubectlIn(namespace) })
    await kubectlIn()(['delete', 'namespace', namespace, '--wait=false'])
  })
let namespaces = 0

/** What is asked for, once it is so. */
const until = async (ask, holds) => {
  const found = await eventually(ask, holds, PATIENCE_MS)
  assert.ok(holds(found), `still ${JSON.stringify(found)}`)
  return found
}

/** What the API server answers to GET. */
const get = async (place) => {
  const answer = await fetch(`${api}${place}`)
  return { status: answer.status, text: await answer.text() }
}

const jsonOf = async (kubectl, ...args) => JSON.parse(await kubectl(['get', ...args, '-o', 'json']))

const podsReady = (kubectl, selector, count) =>
  until(
    async () => (await jsonOf(kubectl, 'pods', '-l', selector)).items,
    (pods) =>
      pods.length === count &&
      pods.every(({ status }) =>
        status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      ),
  )

/** Each row's texts stand in one line, and the rows below each other; what is between them does not matter. */
const assertRows = (output, rows) => {
  const lines = output.split('\n')
  let at = 0
  for (const [first, ...rest] of rows) {
    while (at < lines.length && !lines[at].includes(first)) at += 1
    assert.ok(at < lines.length, `no ${first} in\n${output}`)
    for (const text of rest) assert.ok(lines[at].includes(text), `no ${text} in ${lines[at]}`)
  }
}

const agnhostPrimary = async (kubectl) => {
  await kubectl(['create', '-f', '-'], AGNHOST_PRIMARY)
  const pods = await podsReady(kubectl, 'app=agnhost', 1)
  return pods.map(({ metadata }) => metadata.name)
}

const IS_RUNNING =
  '{{if (exists . "status" "containerStatuses")}}{{range .status.containerStatuses}}{{if (and (eq .name "update-demo") (exists . "state" "running"))}}true{{end}}{{end}}{{end}}'
const IMAGE =
  '{{if (exists . "spec" "containers")}}{{range .spec.containers}}{{if eq .name "update-demo"}}{{.image}}{{end}}{{end}}{{end}}'

/** So many Pods of update-demo run the image and serve its data. */
const nautilusServes = async ({ namespace, kubectl }, replicas) => {
  const show = (pods, text) =>
    kubectl(['get', 'pods', ...pods, `--template=${text}`, '-o', 'template'])
  const names = await until(
    async () => {
      const text = await show(
        ['-l', 'name=update-demo'],
        '{{range.items}}{{.metadata.name}} {{end}}',
      )
      return text.split(' ').filter((name) => name !== '')
    },
    ({ length }) => length === replicas,
  )
  const look = async (name) => ({
    running: await show([name], IS_RUNNING),
    image: await show([name], IMAGE),
    data: await get(`/api/v1/namespaces/${namespace}/pods/${name}/proxy/data.json`),
  })
  await until(
    () => Promise.all(names.map(look)),
    (pods) =>
      pods.every(
        ({ running: is, image, data }) =>
          is === 'true' &&
          image === NAUTILUS &&
          data.status === 200 &&
          JSON.parse(data.text).image === 'nautilus.jpg',
      ),
  )
}

const askGuestbook = (namespace, command, value, expected) =>
  until(
    () =>
      get(
        `/api/v1/namespaces/${namespace}/services/frontend/proxy/guestbook?${new URLSearchParams({ cmd: command, key: 'messages', value })}`,
      ),
    ({ status, text }) => status === 200 && text === expected,
  )

/** A session is a path of its server, which kubectl appends if it is told to. */
const APPEND = '--append-server-path'

const firstLineOf = async (child) => String((await once(child.stdout, 'data'))[0])

const versionsAt = (options) =>
  new Promise((resolve, reject) => {
    request(options, (answer) => {
      let text = ''
      answer.on('data', (chunk) => (text += chunk))
      answer.on('end', () => resolve(JSON.parse(text).versions))
    })
      .on('error', reject)
      .end()
  })

describe('[sig-cli] Kubectl client', { concurrency: 4 }, () => {
  spec('Update Demo should create and stop a replication controller', async (context) => {
    await context.kubectl(['create', '-f', '-'], NAUTILUS_CONTROLLER)
    await nautilusServes(context, 2)
    await context.kubectl(['delete', '--grace-period=0', '--force', '-f', '-'], NAUTILUS_CONTROLLER)
    const left = ['get', 'rc,svc', '-l', 'name=update-demo', '--no-headers']
    assert.equal(await context.kubectl(left), '')
    await until(
      () => context.kubectl(['get', 'pods', '-l', 'name=update-demo', '-o', 'name']),
      (names) => names === '',
    )
  })

  spec('Update Demo should scale a replication controller', async (context) => {
    await context.kubectl(['create', '-f', '-'], NAUTILUS_CONTROLLER)
    await nautilusServes(context, 2)
    for (const replicas of [1, 2]) {
      const scale = ['scale', 'rc', 'update-demo-nautilus', `--replicas=${replicas}`]
      await context.kubectl([...scale, '--timeout=5m'])
      await nautilusServes(context, replicas)
    }
  })

  spec('Guestbook application should create and stop a working application', async (context) => {
    const { namespace, kubectl } = context
    for (const object of GUESTBOOK) await kubectl(['create', '-f', '-'], JSON.stringify(object))
    await podsReady(kubectl, 'app=guestbook,tier=frontend', 3)
    await askGuestbook(namespace, 'get', '', '{"data":""}')
    await askGuestbook(namespace, 'set', 'TestEntry', '{"message":"Updated"}')
    await askGuestbook(namespace, 'get', '', '{"data":"TestEntry"}')
    for (const object of GUESTBOOK)
      await kubectl(['delete', '--grace-period=0', '--force', '-f', '-'], JSON.stringify(object))
    assert.equal(await kubectl(['get', 'deploy,svc', '-o', 'name']), '')
  })

  spec(
    'Kubectl api-versions should check if v1 is in available api versions',
    async ({ kubectl }) => {
      assert.match(await kubectl(['api-versions']), /^v1$/m)
    },
  )

  spec(
    'Kubectl cluster-info should check if Kubernetes control plane services is included in cluster-info',
    async ({ kubectl }) => {
      const output = await kubectl(['cluster-info'])
      // there may be colours in between
      assert.ok(
        output.includes('Kubernetes control plane') && output.includes('is running at'),
        output,
      )
    },
  )

  spec(
    'Kubectl describe should check if kubectl describe prints relevant information for rc and pods',
    async ({ namespace, kubectl }) => {
      const [pod] = await agnhostPrimary(kubectl)
      await kubectl(['create', '-f', '-'], AGNHOST_SERVICE)
      assertRows(await kubectl(['describe', 'pod', pod]), [
        ['Name:', 'agnhost-primary-'],
        ['Namespace:', namespace],
        ['Node:'],
        ['Labels:', 'app=agnhost'],
        ['role=primary'],
        ['Annotations:'],
        ['Status:', 'Running'],
        ['IP:'],
        ['Controlled By:', 'ReplicationController/agnhost-primary'],
        ['Image:', AGNHOST],
        ['State:', 'Running'],
        ['QoS Class:', 'BestEffort'],
      ])
      assertRows(await kubectl(['describe', 'rc', 'agnhost-primary']), [
        ['Name:', 'agnhost-primary'],
        ['Namespace:', namespace],
        ['Selector:', 'app=agnhost,role=primary'],
        ['Labels:', 'app=agnhost'],
        ['role=primary'],
        ['Annotations:'],
        ['Replicas:', '1 current', '1 desired'],
        ['Pods Status:', '1 Running', '0 Waiting', '0 Succeeded', '0 Failed'],
        ['Pod Template:'],
        ['Image:', AGNHOST],
        ['Events:'],
      ])
      assertRows(await kubectl(['describe', 'service', 'agnhost-primary']), [
        ['Name:', 'agnhost-primary'],
        ['Namespace:', namespace],
        ['Labels:', 'app=agnhost'],
        ['role=primary'],
        ['Annotations:'],
        ['Selector:', 'app=agnhost', 'role=primary'],
        ['Type:', 'ClusterIP'],
        ['IP:'],
        ['Port:', '<unset>', '6379/TCP'],
        ['Endpoints:'],
        ['Session Affinity:', 'None'],
      ])
      const [node] = (await jsonOf(kubectl, 'nodes')).items
      assertRows(await kubectl(['describe', 'node', node.metadata.name]), [
        ['Name:', node.metadata.name],
        ['Labels:'],
        ['Annotations:'],
        ['CreationTimestamp:'],
        ['Conditions:'],
        ['Type', 'Status', 'LastHeartbeatTime', 'LastTransitionTime', 'Reason', 'Message'],
        ['Addresses:'],
        ['Capacity:'],
        ['Version:'],
        ['Kernel Version:'],
        ['OS Image:'],
        ['Container Runtime Version:'],
        ['Kubelet Version:'],
        ['Pods:'],
      ])
      assertRows(await kubectl(['describe', 'namespace', namespace]), [
        ['Name:', namespace],
        ['Labels:'],
        ['Annotations:'],
        ['Status:', 'Active'],
      ])
    },
  )

  spec(
    'Kubectl diff should check if kubectl diff finds a difference for Deployments',
    async ({ namespace, kubectl }) => {
      await kubectl(['create', '-f', '-'], HTTPD_DEPLOYMENT)
      const changed = HTTPD_DEPLOYMENT.replace(HTTPD, BUSYBOX)
      const { code, stdout } = await run(['-n', namespace, 'diff', '-f', '-'], changed)
      assert.equal(code, 1)
      assert.match(stdout, new RegExp(`^-.*${HTTPD}$`, 'm'))
      assert.match(stdout, new RegExp(`^\\+.*${BUSYBOX}$`, 'm'))
      await kubectl(['delete', '-f', '-'], changed)
    },
  )

  spec('Kubectl expose should create services for rc', async ({ kubectl }) => {
    const [pod] = await agnhostPrimary(kubectl)
    await until(
      () => kubectl(['logs', pod, 'agnhost-primary']),
      (log) => log.includes('Paused'),
    )
    const exposes = async (name, port) => {
      const [subset] = await until(
        async () => (await jsonOf(kubectl, 'endpoints', name)).subsets ?? [],
        (subsets) => subsets.length > 0,
      )
      assert.deepEqual(
        [subset.addresses.length, subset.ports.map((each) => each.port)],
        [1, [6379]],
      )
      const { ports } = (await jsonOf(kubectl, 'service', name)).spec
      assert.deepEqual(ports, [{ port, protocol: 'TCP', targetPort: 6379 }])
    }
    const flags = (name, port) => [`--name=${name}`, `--port=${port}`, '--target-port=6379']
    await kubectl(['expose', 'rc', 'agnhost-primary', ...flags('rm2', 1234)])
    await exposes('rm2', 1234)
    await kubectl(['expose', 'service', 'rm2', ...flags('rm3', 2345)])
    await exposes('rm3', 2345)
  })

  spec('Kubectl label should update the label on a resource', async ({ kubectl }) => {
    await kubectl(['create', '-f', '-'], PAUSE_POD)
    await podsReady(kubectl, 'name=pause', 1)
    await kubectl(['label', 'pods', 'pause', 'testing-label=testing-label-value'])
    const look = ['get', 'pod', 'pause', '-L', 'testing-label']
    assert.match(await kubectl(look), /testing-label-value/)
    await kubectl(['label', 'pods', 'pause', 'testing-label-'])
    assert.doesNotMatch(await kubectl(look), /testing-label-value/)
    await kubectl(['delete', '--grace-period=0', '--force', '-f', '-'], PAUSE_POD)
  })

  spec('Kubectl patch should add annotations for pods in rc', async ({ kubectl }) => {
    const [pod] = await agnhostPrimary(kubectl)
    await kubectl(['patch', 'pod', pod, '-p', '{"metadata":{"annotations":{"x":"y"}}}'])
    assert.equal((await jsonOf(kubectl, 'pod', pod)).metadata.annotations.x, 'y')
  })

  spec("Kubectl replace should update a single-container pod's image", async ({ kubectl }) => {
    const name = 'e2e-test-httpd-pod'
    await kubectl(['run', name, `--image=${HTTPD}`, `--labels=run=${name}`])
    await podsReady(kubectl, `run=${name}`, 1)
    const json = await kubectl(['get', 'pod', name, '-o', 'json'])
    await kubectl(['replace', '-f', '-'], json.replace(HTTPD, BUSYBOX))
    const { containers } = (await jsonOf(kubectl, 'pod', name)).spec
    assert.deepEqual(
      containers.map(({ image }) => image),
      [BUSYBOX],
    )
    await kubectl(['delete', 'pods', name])
  })

  spec(
    'Kubectl run pod should create a pod from an image when restart is Never',
    async ({ kubectl }) => {
      const name = 'e2e-test-httpd-pod'
      await kubectl(['run', name, '--restart=Never', `--image=${HTTPD}`])
      const { containers, restartPolicy } = (await jsonOf(kubectl, 'pod', name)).spec
      assert.deepEqual([containers.map(({ image }) => image), restartPolicy], [[HTTPD], 'Never'])
      await kubectl(['delete', 'pods', name])
    },
  )

  spec(
    'Kubectl server-side dry-run should check if kubectl can dry-run update Pods',
    async ({ kubectl }) => {
      const name = 'e2e-test-httpd-pod'
      await kubectl(['run', name, `--image=${HTTPD}`, `--labels=run=${name}`])
      const patch = JSON.stringify({ spec: { containers: [{ name, image: BUSYBOX }] } })
      await kubectl(['patch', 'pod', name, '-p', patch, '--dry-run=server'])
      const json = await kubectl(['get', 'pod', name, '-o', 'json'])
      await kubectl(['replace', '-f', '-', '--dry-run=server'], json.replace(HTTPD, BUSYBOX))
      const { containers } = (await jsonOf(kubectl, 'pod', name)).spec
      assert.deepEqual(
        containers.map(({ image }) => image),
        [HTTPD],
      )
      await kubectl(['delete', 'pods', name])
    },
  )

  spec('Kubectl version should check is all data is printed', async ({ kubectl }) => {
    const text = await kubectl(['version'])
    assert.match(text, /^Client Version: v1\.36\.\d+$/m)
    assert.match(text, /^Server Version: v1\.36\.\d+$/m)
    const { serverVersion } = JSON.parse(await kubectl(['version', '-o', 'json']))
    for (const item of ['major', 'minor', 'gitCommit', 'gitVersion', 'buildDate', 'platform'])
      assert.ok(serverVersion[item], item)
  })

  spec('Proxy server should support proxy with --port 0', async () => {
    const child = start(['proxy', '-p', '0', '--disable-filter', APPEND])
    const [, port] = /^Starting to serve on 127\.0\.0\.1:(\d+)$/m.exec(await firstLineOf(child))
    assert.deepEqual(await versionsAt({ port, path: '/api/' }), ['v1'])
    child.kill()
  })

  spec('Proxy server should support --unix-socket=/path', async () => {
    const socketPath = path.join(folder, 'socket')
    const child = start(['proxy', `--unix-socket=${socketPath}`, APPEND])
    assert.match(await firstLineOf(child), /^Starting to serve on /)
    assert.deepEqual(await versionsAt({ socketPath, path: '/api' }), ['v1'])
    child.kill()
  })
})

describe('[sig-cli] Kubectl logs', () => {
  spec('logs should be able to retrieve and filter logs', async ({ kubectl }) => {
    const name = 'logs-generator'
    const generator = ['logs-generator', '--log-lines-total', '100', '--run-duration', '20s']
    await kubectl(['run', name, `--image=${AGNHOST}`, '--restart=Never', '--', ...generator])
    await podsReady(kubectl, `run=${name}`, 1)
    const logs = (...flags) => kubectl(['logs', name, name, ...flags])
    await until(logs, (log) => log.includes('/api/v1/namespaces/kube-system'))
    assert.match(await logs('--tail=1'), /^[^\n]+\n$/)
    assert.equal((await logs('--limit-bytes=1')).length, 1)
    assert.match(
      await logs('--tail=1', '--timestamps'),
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z [^\n]+\n$/,
    )
    // the session's clock goes on by itself: some of the lines become older than a second
    await until(
      async () => {
        const [recent, older] = [await logs('--since=1s'), await logs('--since=24h')]
        return [recent, older].map((log) => log.split('\n').length)
      },
      ([recent, older]) => recent < older,
    )
    await kubectl(['delete', 'pod', name])
  })
})
