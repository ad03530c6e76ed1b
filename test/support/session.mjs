// Calls of the session API that tests and recordings begin with.

/** Makes a session and returns what POST /api/sessions answered. */
export const createSession = async (url, options = {}) => {
  const answer = await fetch(`${url}/api/sessions`, {
    method: 'POST',
    body: JSON.stringify(options),
  })
  const body = await answer.json()
  if (answer.status !== 201)
    throw new Error(`POST /api/sessions answered ${answer.status}: ${JSON.stringify(body)}`)
  return body
}

/** The text of a session's kubeconfig: it may change the session if `key` is given. */
export const kubeconfigOf = async (url, { id, key }) => {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const answer = await fetch(`${url}/api/sessions/${id}/kubeconfig`, { headers })
  return answer.text()
}
