import { type Access, isSnapshot, pathOf } from './api.ts'
import { CopyButton } from './copy.tsx'
import { CONNECT } from './words.ts'

const Lines = ({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) => {
  const text = lines.join('\n')
  return (
    <div class="lines">
      <h3>{title}</h3>
      <CopyButton text={text} label="Copy" />
      <pre tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </div>
  )
}

/** The lines that point a real kubectl at this cluster. */
export const Connect = ({ access }: { readonly access: Access }) => {
  const { key } = access
  const isStill = access.at !== undefined || isSnapshot(access)
  const header = key === undefined ? '' : ` \\\n  -H 'Authorization: Bearer ${key}'`
  return (
    <section class="connect" aria-labelledby="kubectl">
      <h2 id="kubectl">Your kubectl</h2>
      {isStill ? (
        <p class="quiet">{CONNECT.still}</p>
      ) : key === undefined ? (
        <p class="quiet">{CONNECT.view}</p>
      ) : null}
      <Lines
        title="Point it at this cluster"
        lines={[
          `curl -s ${location.origin}/api/sessions/${pathOf(access)}/kubeconfig${header} > kubarium.yaml`,
          'export KUBECONFIG=$PWD/kubarium.yaml',
          'kubectl get nodes',
        ]}
      />
      {key === undefined || isStill ? null : (
        <Lines
          title="Then put a Service in front of three Pods, and watch this page"
          lines={[
            'kubectl create deployment web --image=nginx --replicas=3 --port=80',
            'kubectl expose deployment web --port=80',
            'kubectl get services,endpointslices',
          ]}
        />
      )}
    </section>
  )
}
