import { useSignal } from '@preact/signals'
import type { Access } from './api.ts'

const Copyable = ({ text, about }: { readonly text: string; readonly about: string }) => {
  const copied = useSignal(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    copied.value = true
  }
  return (
    <div class="copyable">
      <pre tabIndex={0} aria-label={about}>
        {text}
      </pre>
      <button type="button" class="plain" onClick={() => void copy()}>
        {copied.value ? 'Copied' : 'Copy'}
      </button>
    </div>
  )
}

/** The lines that point a real kubectl at this cluster. */
export const Connect = ({ access }: { readonly access: Access }) => {
  const url = `${location.origin}/api/sessions/${access.id}/kubeconfig`
  const header = access.key === undefined ? '' : ` -H 'Authorization: Bearer ${access.key}'`
  const lines = [
    `curl -s ${url}${header} > kubarium.yaml`,
    'export KUBECONFIG=$PWD/kubarium.yaml',
    'kubectl get nodes',
  ]
  const first = [
    'kubectl create deployment web --image=nginx --replicas=3 --port=80',
    'kubectl expose deployment web --port=80',
    'kubectl get svc,endpointslices',
  ]
  return (
    <section aria-labelledby="kubectl">
      <h2 id="kubectl">In your own kubectl</h2>
      <Copyable text={lines.join('\n')} about="Commands that connect kubectl" />
      {access.key === undefined ? (
        <p class="quiet">This is a view link: kubectl can look at everything and change nothing.</p>
      ) : (
        <>
          <p class="quiet">Then, for instance:</p>
          <Copyable text={first.join('\n')} about="Commands that make a first Service" />
        </>
      )}
    </section>
  )
}
