import type { ComponentDefinition } from '#client/component.ts'
import { certificateCleaner } from '#kube-controller-manager/certificates/cleaner.ts'
import { certificateSigner } from '#kube-controller-manager/certificates/signer.ts'
import { persistentVolumeController } from '#kube-controller-manager/persistentvolume/controller.ts'
import { clusterRoleAggregation } from '#kube-controller-manager/clusterroleaggregation/cluster-role-aggregation.ts'
import {
  claimProtection,
  volumeProtection,
} from '#kube-controller-manager/storage-protection/storage-protection.ts'
import { validatingAdmissionPolicyStatus } from '#kube-controller-manager/validatingadmissionpolicystatus/policy-status.ts'

/** The controllers that look after single objects. */
export const objectControllers: readonly ComponentDefinition[] = [
  persistentVolumeController,
  clusterRoleAggregation,
  claimProtection,
  volumeProtection,
  certificateSigner,
  certificateCleaner,
  validatingAdmissionPolicyStatus,
]
