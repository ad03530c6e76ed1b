// What Kubarium is measured against: the least a Worker with a Durable Object does.
import { DurableObject } from 'cloudflare:workers'

export class Bare extends DurableObject {
  answer() {
    return 'ok'
  }

  writeOneRow() {
    const { sql } = this.ctx.storage
    sql.exec('CREATE TABLE rows (key TEXT PRIMARY KEY, value TEXT)')
    sql.exec('INSERT INTO rows VALUES (?, ?)', 'one', 'row')
    return 'ok'
  }
}

const worker = {
  async fetch(request, { BARE }) {
    const { pathname } = new URL(request.url)
    if (pathname === '/new')
      return new Response(await BARE.getByName(crypto.randomUUID()).writeOneRow(), { status: 201 })
    return new Response(await BARE.getByName(pathname).answer())
  },
}

// oxlint-disable-next-line import/no-default-export -- workerd finds a Worker's handler by it
export default worker
