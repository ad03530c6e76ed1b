// The start page: one button makes a cluster; another one opens the cluster that the address brings along.
import { fromFragment, hasSnapshot } from './session/fragment.ts'
import { BROUGHT, START } from './session/words.ts'

const find = (id: string): HTMLElement => document.querySelector<HTMLElement>(`#${id}`)!

const create = document.querySelector<HTMLButtonElement>('#create')!
const open = document.querySelector<HTMLButtonElement>('#open')!
const outcomes = [find('outcome'), find('opened')] as const

find('terminal').textContent = [
  `curl -sX POST ${location.origin}/api/sessions > session.json`,
  'curl -s "$(jq -r .links.kubeconfig session.json)" \\',
  '  -H "Authorization: Bearer $(jq -r .key session.json)" > kubarium.yaml',
  'kubectl --kubeconfig kubarium.yaml get nodes',
].join('\n')

interface Created {
  readonly links: { readonly edit: string }
}

const why = async (answer: Response): Promise<string> => {
  const { detail } = (await answer.json().catch(() => ({}))) as { readonly detail?: string }
  return detail ?? START.answered(answer.status)
}

/** Makes a cluster and goes there. Says in `outcome` why not. */
const make = async (outcome: HTMLElement, words: string, body?: object): Promise<void> => {
  create.disabled = open.disabled = true
  outcome.textContent = words
  try {
    const answer = await fetch('/api/sessions', {
      method: 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (answer.status === 201) {
      location.href = ((await answer.json()) as Created).links.edit
      return
    }
    outcome.textContent = await why(answer)
  } catch {
    outcome.textContent = START.silent
  }
  create.disabled = open.disabled = false
}

/** What the address brings along: what it is, or what is wrong with it. */
const show = (): void => {
  const { hash } = location
  find('brought').hidden = !hasSnapshot(hash)
  if (!hasSnapshot(hash)) return
  let problem = ''
  try {
    fromFragment(hash)
  } catch (error) {
    problem = (error as Error).message
  }
  open.parentElement!.hidden = problem !== ''
  find('brought-title').textContent = problem === '' ? BROUGHT.title : BROUGHT.badTitle
  find('brought-text').textContent = problem === '' ? BROUGHT.text : problem
  open.textContent = BROUGHT.open
}

create.addEventListener('click', () => void make(outcomes[0], START.making))
open.addEventListener(
  'click',
  () => void make(outcomes[1], BROUGHT.opening, { snapshot: fromFragment(location.hash) }),
)
addEventListener('hashchange', show)
// the browser's way back shows the page as it was left
addEventListener('pageshow', () => {
  create.disabled = open.disabled = false
  for (const outcome of outcomes) outcome.textContent = ''
})
show()
