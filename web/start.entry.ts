// The start page: one button makes a cluster.

const button = document.querySelector<HTMLButtonElement>('#create')!
const outcome = document.querySelector<HTMLElement>('#outcome')!

document.querySelector('#terminal')!.textContent = [
  `curl -sX POST ${location.origin}/api/sessions > session.json`,
  'curl -s "$(jq -r .links.kubeconfig session.json)" \\',
  '  -H "Authorization: Bearer $(jq -r .key session.json)" > kubarium.yaml',
  'kubectl --kubeconfig kubarium.yaml get nodes',
].join('\n')

interface Created {
  readonly links: { readonly edit: string }
}

const create = async (): Promise<void> => {
  button.disabled = true
  outcome.textContent = 'Making a cluster…'
  try {
    const answer = await fetch('/api/sessions', { method: 'POST' })
    if (answer.status !== 201) throw new Error(`it answered ${answer.status}`)
    location.href = ((await answer.json()) as Created).links.edit
  } catch (error) {
    const why = error instanceof TypeError ? 'it does not answer' : (error as Error).message
    outcome.textContent = `The server made no cluster: ${why}. Try again in a moment.`
    button.disabled = false
  }
}

button.addEventListener('click', () => void create())
// the browser's way back shows the page as it was left
addEventListener('pageshow', () => {
  button.disabled = false
  outcome.textContent = ''
})
