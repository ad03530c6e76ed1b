// Until an object is as somebody wants it: what `kubectl wait --for` asks, in its words.
import type { JsonObject } from '../cluster/apimachinery/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { currentObject, meantObject } from '../cluster/time/find-object.ts'
import { type Goal, objectIs } from '../cluster/time/goals.ts'
import { waitConditionsOf } from '../workstation/kubectl/commands/wait/conditions.ts'
import { KubectlFailure } from '../workstation/kubectl/failure.ts'
import { badClockCall, type ClockProblem } from './clock-problem.ts'

export interface ObjectGoal {
  /** `condition=Available`, `jsonpath={.status.phase}=Running`, `delete`, `create` */
  readonly for: string
  /** `deployment/web` */
  readonly object: string
  readonly namespace?: string | undefined
}

export interface WaitedFor {
  readonly isReached: Goal
  /** What is said when it was reached. */
  readonly met: string
  /** The object cannot be compared with what was asked for. */
  readonly failure: string | undefined
}

export const goalFor = (cluster: Cluster, wanted: ObjectGoal): WaitedFor | ClockProblem => {
  const { object: text, namespace = 'default' } = wanted
  const condition = conditionOf(wanted.for)
  if ('failure' in condition) return badClockCall(`until.for: ${condition.failure}. ${FORMS}`)
  const meant = meantObject(cluster, text, namespace)
  if (typeof meant === 'string') return badClockCall(`until.object: ${meant}.`)
  const { check } = condition
  if (check !== 'create' && check !== 'delete' && currentObject(cluster, meant) === undefined)
    return {
      status: 404,
      title: 'No such object',
      detail: `There is no ${text}${meant.namespace === '' ? '' : ` in the namespace ${namespace}`}. {"for": "create"} waits until there is.`,
    }
  const state: { failure: string | undefined } = { failure: undefined }
  const isMet = (object: object | undefined): boolean => {
    if (check === 'create') return object !== undefined
    if (check === 'delete') return object === undefined
    if (object === undefined) return false
    try {
      return check(object as JsonObject)
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      state.failure = error.message
      return true
    }
  }
  const isReached = objectIs(cluster, meant, isMet)
  const met = `${text} met ${wanted.for}.`
  return {
    isReached,
    met,
    get failure() {
      return state.failure
    },
  }
}

const FORMS =
  "Write condition=Available, condition=Ready=false, jsonpath='{.status.phase}'=Running, delete or create."

const conditionOf = (text: string) => {
  try {
    // a shell would have taken the quotes away
    const unquoted = text.replace(/^jsonpath=(['"])(.*)\1/s, 'jsonpath=$2')
    return { check: waitConditionsOf([unquoted])[0]! }
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error
    return { failure: error.message }
  }
}
