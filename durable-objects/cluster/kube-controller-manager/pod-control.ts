// kubernetes: pkg/controller/controller_utils.go RealPodControl, GetPodFromTemplate
import type { Client } from '#client/client.ts'
import type { EventRecorder } from '#client/event-recorder.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { isDns1123Subdomain } from '#apimachinery/validation/names.ts'
import type { KubeObject, ObjectMeta } from '#apimachinery/object.ts'
import { isReason, StatusError } from '#apimachinery/status-error.ts'
import { controllerRef } from '#kube-controller-manager/controller-ref.ts'

/** `metadata` of a template may be left out. */
export const templateMetadata = (template: PodTemplateSpec): ObjectMeta => template.metadata ?? {}

/** A Pod of a template: shares the template's spec, labels and annotations by reference. The server names it. */
export const podFromTemplate = (owner: KubeObject, template: PodTemplateSpec): Pod => {
  const { labels, annotations, finalizers } = templateMetadata(template)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: podNamePrefix(owner.metadata.name ?? ''),
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerRef(owner)],
    },
    spec: template.spec,
    status: {},
  }
}

/** `web-`; a name so long that the dash does not fit stays without. */
export const podNamePrefix = (controller: string): string =>
  isDns1123Subdomain(`${controller}-x`).length === 0 ? `${controller}-` : controller

/** Whether a refusal only says that the namespace is on its way out. */
export const isNamespaceTerminating = (error: unknown): boolean =>
  error instanceof StatusError &&
  error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true

/** Creates and deletes Pods for a controller, with the events that tell of it. */
export class PodControl {
  readonly #client: Client
  readonly #events: EventRecorder
  readonly #component: string

  constructor(client: Client, events: EventRecorder, component: string) {
    this.#client = client
    this.#events = events
    this.#component = component
  }

  /** Creates a Pod or returns the refusal. In a namespace that terminates nothing is created and nothing said. */
  create(owner: KubeObject, pod: Pod): Pod | StatusError | undefined {
    try {
      const created = this.#client.create('pods', pod, { validated: true })
      const name = created.metadata.name ?? ''
      this.#record(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`)
      return created
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      if (isNamespaceTerminating(error)) return undefined
      this.#record(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`)
      return error
    }
  }

  /** Deletes a Pod or returns the refusal. A Pod that is gone is deleted. */
  delete(owner: KubeObject, pod: Pod): StatusError | undefined {
    const { namespace = '', name = '' } = pod.metadata
    try {
      this.#client.delete('pods', namespace, name)
      this.#record(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
      return undefined
    } catch (error) {
      if (isReason(error, 'NotFound')) return undefined
      if (!(error instanceof StatusError)) throw error
      this.#record(owner, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`)
      return error
    }
  }

  #record(owner: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record({ object: owner, type, reason, message, component: this.#component })
  }
}
