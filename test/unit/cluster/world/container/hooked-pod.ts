import type { Event } from '#api/core/v1/event/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { ExecSession } from '#world/container/container-session.ts'
import { ScriptedCluster } from '../../../../support/scripted-cluster.ts'
import { aPod } from '../live-cluster.ts'

export const POD = '/api/v1/namespaces/default/pods/p'

/** The Pod `p` with the container `main`, on a cluster without delays. */
export class HookedPod {
  readonly script = new ScriptedCluster({ settings: { delays: 'instant' } })

  constructor(container: object, spec: object = {}) {
    this.script.advance(1000)
    this.script.create(aPod('p', container, spec))
  }

  get pod(): Pod {
    return this.script.get(POD) as Pod
  }

  get container() {
    return this.pod.status.containerStatuses![0]!
  }

  get isGone(): boolean {
    return !this.script.cluster
      .objects('pods')
      .some(({ metadata }) => metadata.name === 'p' && metadata.namespace === 'default')
  }

  /** `Killing: Stopping container main`, without those of every start. */
  get events(): readonly string[] {
    const usual = new Set(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started'])
    return (this.script.cluster.objects('events') as readonly Event[])
      .filter(({ involvedObject, reason }) => involvedObject.name === 'p' && !usual.has(reason!))
      .map(({ type, reason, message }) => `${type} ${reason}: ${message}`)
  }

  pass(seconds: number): this {
    this.script.advance(seconds * 1000)
    return this
  }

  exec(...command: string[]) {
    const pod = this.pod
    const session = new ExecSession({ pod, container: 'main', command, stdin: false, tty: false })
    return this.script.cluster.look(session)
  }

  delete(gracePeriodSeconds?: number): this {
    const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }
    this.script.request('DELETE', POD, options)
    return this
  }
}
