// How a web server in Go answers where there is nothing to show. golang: net/http Error, Redirect, NotFound
import type { LocalReply, LocalRequest } from '#kubectl/host.ts'

const NAMES: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  307: 'Temporary Redirect',
}

export const errorReply = (text: string, status: number): LocalReply => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  body: `${text}\n`,
})

export const notFound = (): LocalReply => errorReply('404 page not found', 404)

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;')
    .replaceAll("'", '&#39;')

export const redirect = (
  { method, path }: LocalRequest,
  location: string,
  status: 301 | 307,
): LocalReply => {
  const query = path.indexOf('?')
  const whole = query < 0 ? location : location + path.slice(query)
  return {
    status,
    headers: {
      ...(['GET', 'HEAD'].includes(method) ? { 'Content-Type': 'text/html; charset=utf-8' } : {}),
      Location: whole,
    },
    body: method === 'GET' ? `<a href="${escapeHtml(whole)}">${NAMES[status]}</a>.\n\n` : '',
  }
}

/** Without what stands behind `?`, and decoded. */
export const pathOf = ({ path }: LocalRequest): string => {
  const [encoded = ''] = path.split('?')
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

/** Without `//`, `.` and `..`; keeps a slash at its end. golang: net/http cleanPath */
export const cleanPath = (path: string): string => {
  const parts: string[] = []
  for (const part of path.split('/'))
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  const isFolder = parts.length > 0 && path.endsWith('/')
  return `/${parts.join('/')}${isFolder ? '/' : ''}`
}
