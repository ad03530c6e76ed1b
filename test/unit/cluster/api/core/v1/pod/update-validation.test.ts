import { describe, expect, it } from 'vitest'
import { defaultPod } from '#api/core/v1/pod/defaults.ts'
import { validatePodStatusUpdate } from '#api/core/v1/pod/status-validation.ts'
import type { Pod, PodSpec, PodStatus } from '#api/core/v1/pod/types.ts'
import { validatePodUpdate } from '#api/core/v1/pod/update-validation.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { container, pod } from '../../../../../../support/pods.ts'

const old = defaultPod(pod())

const changed = (spec: Partial<PodSpec>): Pod => ({ ...old, spec: { ...old.spec, ...spec } })
const refusals = (now: Pod, before = old): readonly string[] =>
  validatePodUpdate(now, before).map(errorText)

describe('validatePodUpdate()', () => {
  it('lets images, new tolerations and a deadline change', () => {
    const [first] = old.spec.containers
    expect(
      refusals(
        changed({
          containers: [{ ...first!, image: 'nginx:2' }],
          tolerations: [{ key: 'a', operator: 'Exists' }],
          activeDeadlineSeconds: 10,
        }),
      ),
    ).toEqual([])
  })

  it('refuses more or fewer containers', () => {
    expect(refusals(changed({ containers: [...old.spec.containers, container()] }))).toContain(
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    )
  })

  it('shows the difference in the words of the internal type', () => {
    const [first] = old.spec.containers
    const now = changed({ containers: [{ ...first!, env: [{ name: 'A', value: '<b>' }] }] })
    expect(refusals(now)).toEqual([
      [
        'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
        '@@ -10,7 +10,13 @@',
        '    "WorkingDir": "",',
        '    "Ports": null,',
        '    "EnvFrom": null,',
        '-   "Env": null,',
        '+   "Env": [',
        '+    {',
        '+     "Name": "A",',
        '+     "Value": "\\u003cb\\u003e",',
        '+     "ValueFrom": null',
        '+    }',
        '+   ],',
        '    "Resources": {',
        '     "Limits": null,',
        '     "Requests": null,',
        '',
      ].join('\n'),
    ])
  })

  it('keeps existing tolerations but for their seconds', () => {
    const before = changed({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute' }] })
    const after = (seconds: number, key: string): Pod =>
      changed({
        tolerations: [{ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }],
      })
    expect(refusals(after(5, 'a'), before)).toEqual([])
    expect(refusals(after(5, 'b'), before)).toEqual([
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ])
  })

  it('lets a gated Pod add to its node selector only', () => {
    const gates = { schedulingGates: [{ name: 'a/b' }] }
    const before = changed({ ...gates, nodeSelector: { a: '1' } })
    expect(refusals(changed({ ...gates, nodeSelector: { a: '1', b: '2' } }), before)).toEqual([])
    expect(refusals(changed({ ...gates, nodeSelector: { a: '2' } }), before)).toEqual([
      'spec.nodeSelector: Invalid value: {"a":"2"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ])
  })
})

describe('validatePodStatusUpdate()', () => {
  const withStatus = (status: PodStatus): Pod => ({ ...old, status })
  const statusRefusals = (now: PodStatus, before: PodStatus, spec = old.spec): readonly string[] =>
    validatePodStatusUpdate({ ...withStatus(now), spec }, { ...withStatus(before), spec }).map(
      errorText,
    )
  const status = (state: object): PodStatus => ({
    containerStatuses: [
      {
        name: 'c',
        image: '',
        imageID: '',
        lastState: {},
        ready: false,
        restartCount: 0,
        state,
      },
    ],
  })

  it('refuses to bring back a container that ended for good', () => {
    const ended = status({ terminated: { exitCode: 1 } })
    const running = status({ running: {} })
    expect(statusRefusals(running, ended)).toEqual([])
    expect(statusRefusals(running, ended, { ...old.spec, restartPolicy: 'Never' })).toEqual([
      'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ])
  })

  it('checks addresses, conditions and the quality of service', () => {
    expect(
      statusRefusals(
        {
          qosClass: 'Guaranteed',
          podIPs: [{ ip: 'x' }],
          hostIP: '10.0.0.1',
          hostIPs: [{ ip: '10.0.0.2' }],
        },
        { qosClass: 'BestEffort' },
      ),
    ).toEqual([
      'status.qosClass: Invalid value: "Guaranteed": field is immutable',
      'status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'status.hostIPs[0].ip: Invalid value: "10.0.0.2": must be equal to `hostIP`',
    ])
  })
})
