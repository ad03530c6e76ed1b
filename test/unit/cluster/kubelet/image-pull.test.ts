import { describe, expect, it } from 'vitest'
import { PodLife } from '../../../support/pod-life.ts'

const DENIED =
  "Error response from daemon: pull access denied for ngnix, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"

describe('an image that does not exist', () => {
  it('is ErrImagePull, then ImagePullBackOff, in docker words', () => {
    const life = new PodLife([{ name: 'c', image: 'ngnix' }])
    life.pass(400)
    expect(life.container().state.waiting).toEqual({ reason: 'ErrImagePull', message: DENIED })
    expect(life.pod.status.phase).toBe('Pending')
    life.pass(400)
    expect(life.container().state.waiting).toEqual({
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "ngnix": ErrImagePull: ${DENIED}`,
    })
    expect(life.events).toEqual([
      'Normal Pulling: Pulling image "ngnix"',
      `Warning Failed: Failed to pull image "ngnix": ${DENIED}`,
      'Warning Failed: Error: ErrImagePull',
      'Normal BackOff: Back-off pulling image "ngnix"',
      'Warning Failed: Error: ImagePullBackOff',
    ])
  })

  it('is tried again after 10 s, 20 s, 40 s and so on up to 5 min', () => {
    const life = new PodLife([{ name: 'c', image: 'ngnix' }])
    const tries: number[] = []
    let count = 0
    for (let second = 0; second < 1500; second++) {
      life.pass(1000)
      const now = life.events.filter((event) => event.startsWith('Normal Pulling')).length
      if (now > count) tries.push(second)
      count = now
    }
    const waits = tries.slice(1).map((at, index) => at - tries[index]!)
    expect(waits.map((wait) => Math.round(wait / 10) * 10)).toEqual([
      10, 20, 40, 80, 160, 300, 300, 300,
    ])
  })

  it('runs as soon as the image is put right', () => {
    const life = new PodLife([{ name: 'c', image: 'ngnix' }])
    life.pass(5000)
    const containers = life.pod.spec.containers.map((c) => ({ ...c, image: 'nginx' }))
    life.pod = { ...life.pod, spec: { ...life.pod.spec, containers } }
    expect(life.pass(20_000).pod.status.phase).toBe('Running')
  })
})

describe('an image name that nobody can read', () => {
  it.each([
    ['nginx::x', 'invalid reference format'],
    ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
  ])('%s is InvalidImageName', (image, problem) => {
    const life = new PodLife([{ name: 'c', image }])
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${problem}`
    expect(life.container().state.waiting).toEqual({ reason: 'InvalidImageName', message })
    expect(life.events).toEqual([
      `Warning InspectFailed: ${message}`,
      'Warning Failed: Error: InvalidImageName',
    ])
    expect(life.isAtRest).toBe(true)
  })
})

describe('an image that must not be pulled', () => {
  it('is ErrImageNeverPull where it is not present', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx', imagePullPolicy: 'Never' }])
    expect(life.container().state.waiting).toEqual({
      reason: 'ErrImageNeverPull',
      message: 'Container image "nginx" is not present with pull policy of Never',
    })
  })

  it('runs where it is', () => {
    const containers = [{ name: 'c', image: 'nginx', imagePullPolicy: 'Never' }] as const
    const life = new PodLife(containers, { present: ['nginx:latest'] })
    expect(life.pass(400).pod.status.phase).toBe('Running')
  })
})
