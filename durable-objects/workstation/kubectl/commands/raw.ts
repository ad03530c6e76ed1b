// `--raw`: a request as it is written.

/** `/api/v1/pods?limit=1` */
export const rawTarget = (
  raw: string,
): { readonly path: string; readonly query: readonly (readonly [string, string])[] } => {
  const at = raw.indexOf('?')
  const query = at < 0 ? '' : raw.slice(at + 1)
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '))
    } catch {
      return text
    }
  }
  return {
    path: at < 0 ? raw : raw.slice(0, at),
    query: query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const equals = pair.indexOf('=')
        return equals < 0
          ? ([decode(pair), ''] as const)
          : ([decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))] as const)
      }),
  }
}
