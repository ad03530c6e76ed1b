import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const api = new RawApi()
const METADATA = 'is not a known field selector: only "metadata.name", "metadata.namespace"'

const refusal = (path: string, selector: string): unknown =>
  api.send('GET', `${path}?fieldSelector=${encodeURIComponent(selector)}`).body['message']

describe('a field selector is refused in the words of', () => {
  test.each([
    ['/api/v1/pods', 'status.reason=x', 'field label not supported: status.reason'],
    ['/api/v1/nodes', 'metadata.namespace=x', 'field label not supported: metadata.namespace'],
    ['/apis/batch/v1/jobs', 'spec.x=1', 'field label "spec.x" not supported for Job'],
    ['/apis/events.k8s.io/v1/events', 'source=x', 'field label not supported: source'],
    [
      '/apis/resource.k8s.io/v1/resourceslices',
      'x=y',
      'field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: x',
    ],
    ['/api/v1/configmaps', 'data=x', `"data" ${METADATA}`],
    ['/api/v1/persistentvolumes', 'name=x', `"name" ${METADATA}`],
    ['/apis/apps/v1/replicasets', 'status.replicas=2', `"status.replicas" ${METADATA}`],
  ])('%s: %s', (path, selector, message) => {
    expect(refusal(path, selector)).toBe(message)
  })
})

describe('a field selector is known to', () => {
  test.each([
    ['/api/v1/pods', 'spec.host=x,status.podIPs=10.0.0.1'],
    ['/api/v1/events', 'source=x,reportingComponent=y'],
    ['/apis/events.k8s.io/v1/events', 'regarding.name=x,reportingController=y'],
    ['/api/v1/persistentvolumes', 'metadata.namespace=x'],
  ])('%s: %s', (path, selector) => {
    expect(refusal(path, selector)).toBe(undefined)
  })
})
