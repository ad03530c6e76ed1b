// The start page: one button makes a cluster.

const button = document.querySelector<HTMLButtonElement>('#create')!
const outcome = document.querySelector<HTMLElement>('#outcome')!

document.querySelector('#terminal')!.textContent = [
  `curl -sX POST ${location.origin}/api/sessions`,
  'curl -s <links.kubeconfig> -H "Authorization: Bearer <key>" > kubarium.yaml',
  'KUBECONFIG=kubarium.yaml kubectl get nodes',
].join('\n')

interface Created {
  readonly links: { readonly edit: string }
}

const create = async (): Promise<void> => {
  button.disabled = true
  outcome.textContent = 'Making a cluster…'
  try {
    const answer = await fetch('/api/sessions', { method: 'POST' })
    if (answer.status !== 201) throw new Error(`the server answered ${answer.status}`)
    location.href = ((await answer.json()) as Created).links.edit
  } catch (error) {
    outcome.textContent = `No cluster could be made: ${(error as Error).message}. Try again in a moment.`
    button.disabled = false
  }
}

button.addEventListener('click', () => void create())
