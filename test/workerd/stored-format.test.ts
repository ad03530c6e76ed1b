import { env } from 'cloudflare:workers'
import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { call, configMap, type StoredSession, withBody } from './session.ts'

/** Puts a session where the server finds it, as it lay on the disk. */
const put = async ({ id, schema, tables }: StoredSession): Promise<void> => {
  await runInDurableObject(env.SESSIONS.getByName(id), (_instance, { storage }) => {
    for (const [table, statement] of Object.entries(schema)) {
      storage.sql.exec(statement)
      for (const row of tables[table]!) {
        const cells = row.map((cell) =>
          typeof cell === 'object' && cell !== null
            ? new Uint8Array(Buffer.from(cell.base64, 'base64')).buffer
            : cell,
        )
        storage.sql.exec(`INSERT INTO ${table} VALUES (${cells.map(() => '?').join()})`, ...cells)
      }
    }
  })
  await abortAllDurableObjects()
}

describe('a session that an older version stored in format 1', () => {
  const { id, key, ...stored } = env.STORED_SESSIONS[1]!
  const get = async <T>(path: string): Promise<T> => (await call(path)).json()

  test('opens, with all that was in it, and goes on', async () => {
    await put({ id, key, ...stored })
    const session = await get<{ title: string; revision: number }>(`/api/sessions/${id}`)
    expect(session).toMatchObject({ title: 'Stored in format 1', nodes: 2 })
    expect(session.revision).toBeGreaterThanOrEqual(530)
    const { items } = await get<{ items: { metadata: { name: string; uid: string } }[] }>(
      `/k8s/${id}.${key}/api/v1/services`,
    )
    expect(items.map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(['api-service', 'crawler-service', 'web', 'web-service']),
    )
    const notes = await call(`/api/sessions/${id}/files/notes.txt`)
    expect(await notes.text()).toBe('what the learner wrote\n')
    const created = await call(
      `/k8s/${id}.${key}/api/v1/namespaces/default/configmaps`,
      withBody('POST', configMap('new')),
    )
    expect(created.status).toBe(201)
  })

  test('is stored in the newest format from then on', async () => {
    const birth = await runInDurableObject(
      env.SESSIONS.getByName(id),
      (_instance, { storage }) =>
        storage.sql.exec<{ value: string }>("SELECT value FROM session WHERE key = 'birth'").one()
          .value,
    )
    expect(JSON.parse(birth)).toMatchObject({ format: 2, title: 'Stored in format 1' })
    await abortAllDurableObjects()
    const config = await call(`/k8s/${id}.${key}/api/v1/namespaces/default/configmaps/new`)
    expect(config.status).toBe(200)
  })
})
