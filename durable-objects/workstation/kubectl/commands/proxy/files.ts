// The files that `kubectl proxy --www` shows. golang: net/http FileServer
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import { escapeHtml, notFound, pathOf } from '#kubectl/commands/proxy/reply.ts'
import type { LocalReply, LocalRequest } from '#kubectl/host.ts'
import type { Invocation } from '#kubectl/invocation.ts'

const INDEX = 'index.html'
const TEXT = 'text/plain; charset=utf-8'
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  gif: 'image/gif',
  htm: 'text/html; charset=utf-8',
  html: 'text/html; charset=utf-8',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  xml: 'text/xml; charset=utf-8',
}

const typeOf = (name: string): string => {
  const extension = name.slice(name.lastIndexOf('.') + 1)
  return Object.hasOwn(TYPES, extension) ? TYPES[extension]! : TEXT
}

/** What is at the path below the folder. */
export const fileReply = (
  { call }: Invocation,
  folder: string,
  prefix: string,
  request: LocalRequest,
): LocalReply => {
  const { files, cwd } = call
  const asked = pathOf(request)
  if (asked.endsWith(`/${INDEX}`)) return moved('./')
  const path = givenPath(cwd, `${folder}/${asked.slice(prefix.length)}`)
  const stat = files.stat(path)
  if (isFailure(stat)) return notFound()
  const last = asked.slice(asked.lastIndexOf('/', asked.length - 2) + 1)
  if (stat.kind !== 'directory') {
    if (asked.endsWith('/')) return moved(`../${last.slice(0, -1)}`)
    return contentOf(files.read(path), path)
  }
  if (!asked.endsWith('/')) return moved(`${last}/`)
  const index = files.read(`${path}/${INDEX}`)
  if (!isFailure(index)) return contentOf(index, INDEX)
  const names = files.list(path)
  return isFailure(names)
    ? notFound()
    : listing(names, (name) => {
        const inner = files.stat(`${path}/${name}`)
        return !isFailure(inner) && inner.kind === 'directory'
      })
}

const moved = (location: string): LocalReply => ({
  status: 301,
  headers: { Location: location },
  body: '',
})

const contentOf = (
  text: ReturnType<Invocation['call']['files']['read']>,
  name: string,
): LocalReply =>
  isFailure(text)
    ? notFound()
    : {
        status: 200,
        headers: { 'Accept-Ranges': 'bytes', 'Content-Type': typeOf(name) },
        body: text,
      }

const listing = (names: readonly string[], isFolder: (name: string) => boolean): LocalReply => {
  const lines = names.toSorted().map((name) => {
    const shown = isFolder(name) ? `${name}/` : name
    return `<a href="${encodeURI(shown)}">${escapeHtml(shown)}</a>\n`
  })
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${lines.join('')}</pre>\n`,
  }
}
