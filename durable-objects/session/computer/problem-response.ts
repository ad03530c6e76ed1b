/** RFC 9457. */
export const problemResponse = (problem: {
  readonly status: number
  readonly title: string
  readonly detail: string
}): Response =>
  new Response(JSON.stringify({ type: 'about:blank', ...problem }), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
  })
