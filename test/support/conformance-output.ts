// Pods that run a program to its end, and what it says. kubernetes: test/e2e/framework/pod/output/output.go
import { expect } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Framework } from './conformance.ts'
import { AGNHOST } from './conformance-objects.ts'

export const logOf = (f: Framework, pod: string, container = ''): string => {
  const query = container === '' ? '' : `container=${container}`
  const answer = f.api.send('GET', f.path('pods', pod, { subresource: 'log', query }))
  if (answer.status !== 200) throw new Error(`log of ${pod}: ${answer.text}`)
  return answer.text
}

export const untilEnded = (f: Framework, name: string): Pod =>
  f.until(
    `the end of ${name}`,
    () => {
      const pod = f.get('pods', name)
      return ['Succeeded', 'Failed'].includes(pod.status.phase ?? '') && pod
    },
    300,
  )

export const untilSucceeded = (f: Framework, name: string): void => {
  const { status } = untilEnded(f, name)
  expect(status.phase, JSON.stringify(status.containerStatuses)).toBe('Succeeded')
}

/** The Pod ends well, and has said all that is expected. */
export const testContainerOutput = (
  f: Framework,
  pod: object,
  expected: readonly (string | RegExp)[],
  container = 'test-container',
): string => {
  const { metadata } = f.create('pods', pod)
  const name = metadata.name!
  untilSucceeded(f, name)
  const text = logOf(f, name, container)
  for (const part of expected)
    if (typeof part === 'string') expect(text).toContain(part)
    else expect(text).toMatch(part)
  return text
}

export const untilLogged = (f: Framework, pod: string, text: string, container = ''): void => {
  f.until(`${pod} to say ${text}`, () => logOf(f, pod, container).includes(text), 240)
}

interface MountedPod {
  readonly name: string
  readonly args: readonly string[]
  readonly volumes: readonly object[]
  readonly mounts: readonly object[]
  readonly container?: object
  readonly spec?: object
  readonly metadata?: object
}

/** A Pod of agnhost that looks at its volumes and ends. */
export const mountTestPod = ({
  name,
  args,
  volumes,
  mounts,
  container,
  spec,
  metadata,
}: MountedPod) => ({
  metadata: { generateName: `${name}-`, ...metadata },
  spec: {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'test-container',
        image: AGNHOST,
        args: ['mounttest', ...args],
        volumeMounts: mounts,
        ...container,
      },
    ],
    volumes,
    ...spec,
  },
})
