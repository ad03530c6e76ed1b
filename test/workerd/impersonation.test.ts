import { expect, test } from 'vitest'
import { newSession } from './session.ts'

const REVIEW = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }

test('whoever speaks for somebody else brings groups, a UID and what else is known', async () => {
  const session = await newSession()
  const { status } = await session.json('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    method: 'POST',
    headers: [
      ['content-type', 'application/json'],
      ['impersonate-user', 'jane'],
      ['impersonate-group', 'g1'],
      ['impersonate-group', 'g2'],
      ['impersonate-uid', 'u1'],
      ['impersonate-extra-acme.example%2Fproject', 'one'],
    ],
    body: JSON.stringify(REVIEW),
  })
  expect(status).toEqual({
    userInfo: {
      username: 'jane',
      uid: 'u1',
      groups: ['g1', 'g2', 'system:authenticated'],
      extra: { 'acme.example/project': ['one'] },
    },
  })
})

test('who may see a Pod but not enter it is refused, through a WebSocket, too', async () => {
  const session = await newSession()
  const answer = await session.kubernetes('/api/v1/namespaces/default/pods/a/exec?command=ls', {
    headers: { upgrade: 'websocket', 'impersonate-user': 'jane' },
  })
  expect(answer.status).toBe(403)
  expect(await answer.json()).toMatchObject({
    message:
      'pods "a" is forbidden: User "jane" cannot get resource "pods/exec" in API group "" in the namespace "default"',
  })
})
