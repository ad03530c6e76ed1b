import type { CSIDriver } from '#api/storage/v1/csi-driver/types.ts'
import { assign, fill } from '#apimachinery/object.ts'

/** kubernetes: pkg/apis/storage/v1/defaults.go SetDefaults_CSIDriver */
export const defaultCsiDriver = (driver: CSIDriver): CSIDriver => {
  const spec = fill(driver.spec ?? {}, {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    requiresRepublish: false,
    seLinuxMount: false,
  })
  const modes = spec.volumeLifecycleModes ?? []
  return assign(driver, {
    spec: modes.length === 0 ? assign(spec, { volumeLifecycleModes: ['Persistent'] }) : spec,
  })
}
