// Calls of the session API that tests and recordings begin with.

/** Makes a session and returns what POST /api/sessions answered. */
export const createSession = async (url, options = {}) => {
  const answer = await fetch(`${url}/api/sessions`, { method: 'POST', body: JSON.stringify(options) })
  const body = await answer.json()
  if (answer.status !== 201) throw new Error(`POST /api/sessions answered ${answer.status}: ${JSON.stringify(body)}`)
  return body
}

/** The text of a session's kubeconfig that may change it. */
export const kubeconfigOf = async (url, session) => {
  const answer = await fetch(`${url}/api/sessions/${session.id}/kubeconfig`, { headers: { authorization: `Bearer ${session.key}` } })
  return answer.text()
}
