// External names that stand for external names.
import { expect, test } from 'vitest'
import { BrokenCluster } from '../../../support/diagnosis.ts'
import {
  client,
  externalName,
  webDeployment,
  webService,
} from '../../../support/faults/manifests.ts'
import type { Manifest } from '../../../support/scripted-cluster.ts'

const fromClient = { pod: 'default/client' }
const full = (name: string) => `${name}.default.svc.cluster.local`
const alias = (name: string, target: string): Manifest => ({
  ...externalName(target),
  metadata: { name, namespace: 'default' },
})

/** alias-1 → alias-2 → … → `end` */
const chain = (length: number, end: string): readonly Manifest[] =>
  Array.from({ length }, (_, index) =>
    alias(`alias-${index + 1}`, index + 1 === length ? end : full(`alias-${index + 2}`)),
  )

const cluster = (...manifests: readonly Manifest[]) =>
  new BrokenCluster().with(client(), webDeployment(), webService(), ...manifests)

test.each([1, 2, 3])('a circle of %i names is no way', (length) => {
  const broken = cluster(...chain(length, full('alias-1')))
  expect(broken.outcome(fromClient, 'http://alias-1/')).toBe('nxdomain')
  const [cause, ...others] = broken.diagnose('default/alias-1').causes
  expect(others).toEqual([])
  expect(cause?.code).toBe('ExternalNameNotFound')
  expect(cause?.says).toContain('in a circle: default/alias-1 → ')
})

test.each(Array.from({ length: 12 }, (_, index) => index + 1))(
  'a diagnosis of a chain of %i names says what a trace says',
  (length) => {
    const broken = cluster(...chain(length, full('web')))
    const isReached = broken.outcome(fromClient, 'http://alias-1/') === 'delivered'
    expect(broken.diagnose('default/alias-1').isHealthy).toBe(isReached)
  },
)

test('what is wrong at the end of a chain is mended there', () => {
  const broken = cluster(alias('first', full('second')), alias('second', full('wep')))
  const [cause] = broken.diagnose('default/first').causes
  expect(cause?.code).toBe('ExternalNameNotFound')
  expect(cause?.place).toMatchObject({ kind: 'Service', name: 'second' })
})
