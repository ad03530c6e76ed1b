import { attempt, type DescribeContext } from '#kubectl/describe/context.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { describeTable } from '#kubectl/describe/metadata.ts'
import type { PrefixWriter } from '#kubectl/output/prefix-writer.ts'

const POOLS_SHOWN = 10

interface ResourceSlice extends KubeObject {
  readonly spec?: {
    readonly driver?: string
    readonly pool?: { readonly name?: string }
    readonly devices?: readonly unknown[]
  }
}

interface Pool {
  readonly driver: string
  readonly name: string
  slices: number
  devices: number
}

/** The devices that only this node has, by driver and pool. kubernetes: kubectl pkg/describe describeNodeResourceSlices */
export const describeResourceSlices = (
  context: DescribeContext,
  w: PrefixWriter,
  node: string,
): void => {
  const listed = attempt(
    () =>
      context.list('resourceslices.resource.k8s.io', '', {
        fields: `spec.nodeName=${node}`,
      }) as readonly ResourceSlice[],
  )
  if ('failure' in listed || listed.value.length === 0) return
  const pools = new Map<string, Pool>()
  for (const { spec } of listed.value) {
    const { driver = '', pool, devices = [] } = spec ?? {}
    const name = pool?.name ?? ''
    const known = pools.get(`${driver}/${name}`) ?? { driver, name, slices: 0, devices: 0 }
    known.slices += 1
    known.devices += devices.length
    pools.set(`${driver}/${name}`, known)
  }
  const rows = [...pools.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, pool]) => [pool.driver, pool.name, pool.slices, pool.devices])
  w.write(0, 'Node-Local ResourceSlices:\n')
  describeTable(w, 1, ['Driver', 'Pool', 'Slices', 'Devices'], rows.slice(0, POOLS_SHOWN))
  if (rows.length > POOLS_SHOWN) w.write(1, `...and ${rows.length - POOLS_SHOWN} more pools\n`)
}
