import { admissionregistrationKinds } from '#api/admissionregistration/v1/kinds.ts'
import { apiextensionsKinds } from '#api/apiextensions/v1/kinds.ts'
import { apiregistrationKinds } from '#api/apiregistration/v1/kinds.ts'
import { appsKinds } from '#api/apps/v1/kinds.ts'
import { autoscalingV1Kinds } from '#api/autoscaling/v1/kinds.ts'
import { autoscalingKinds } from '#api/autoscaling/v2/kinds.ts'
import { batchKinds } from '#api/batch/v1/kinds.ts'
import { certificatesKinds } from '#api/certificates/v1/kinds.ts'
import { coordinationKinds } from '#api/coordination/v1/kinds.ts'
import { coreKinds } from '#api/core/v1/kinds.ts'
import { discoveryKinds } from '#api/discovery/v1/kinds.ts'
import { eventsKinds } from '#api/events/v1/kinds.ts'
import { flowcontrolKinds } from '#api/flowcontrol/v1/kinds.ts'
import { kubariumKinds } from '#api/kubarium/v1/kinds.ts'
import { networkingKinds } from '#api/networking/v1/kinds.ts'
import { nodeKinds } from '#api/node/v1/kinds.ts'
import { policyKinds } from '#api/policy/v1/kinds.ts'
import { rbacKinds } from '#api/rbac/v1/kinds.ts'
import { resourceKinds } from '#api/resource/v1/kinds.ts'
import { schedulingKinds } from '#api/scheduling/v1/kinds.ts'
import { storageKinds } from '#api/storage/v1/kinds.ts'
import type { KindBehaviour } from '#api/strategy.ts'

/** What is particular about each kind, by `plural` or `plural.group`, or `plural.version.group` for a version of its own. A kind that is not here is only its schema. */
export const behaviours: Readonly<Record<string, KindBehaviour>> = {
  ...admissionregistrationKinds,
  ...apiextensionsKinds,
  ...apiregistrationKinds,
  ...appsKinds,
  ...autoscalingKinds,
  ...autoscalingV1Kinds,
  ...batchKinds,
  ...certificatesKinds,
  ...coordinationKinds,
  ...coreKinds,
  ...discoveryKinds,
  ...eventsKinds,
  ...flowcontrolKinds,
  ...kubariumKinds,
  ...networkingKinds,
  ...nodeKinds,
  ...policyKinds,
  ...rbacKinds,
  ...resourceKinds,
  ...schedulingKinds,
  ...storageKinds,
}
