import { abortAllDurableObjects } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { configMap, newSession, withBody } from './session.ts'

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'

interface List {
  readonly items: readonly {
    readonly metadata: { readonly name: string }
    readonly data: Readonly<Record<string, string>>
  }[]
}

test('a list that is longer than what a session hands to the edge at once arrives whole', async () => {
  const session = await newSession()
  const names = Array.from({ length: 40 }, (_none, index) => `large-${index + 10}`)
  for (const name of names) {
    const body = withBody('POST', configMap(name, { text: `${name} `.repeat(100_000) }))
    const answer = await session.kubernetes(CONFIG_MAPS, body)
    await answer.body?.cancel()
    expect(answer.status).toBe(201)
  }
  const read = async (): Promise<List> => {
    const { items } = await session.json<List>(CONFIG_MAPS)
    return { items: items.filter(({ metadata }) => metadata.name.startsWith('large-')) }
  }
  const { items } = await read()
  expect(items.map(({ metadata }) => metadata.name)).toEqual(names)
  for (const { metadata, data } of items)
    expect(data['text'] === `${metadata.name} `.repeat(100_000)).toBe(true)
  await abortAllDurableObjects()
  expect((await read()).items.length).toBe(names.length)
})
