import { useSignal } from '@preact/signals'

const SHOWN_MS = 2000

/** Copies a text and says so for a moment. Where the browser does not let it, the text is there to be copied by hand. */
export const CopyButton = ({ text, label }: { readonly text: string; readonly label: string }) => {
  const outcome = useSignal('')
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      outcome.value = 'Copied'
    } catch {
      prompt('Copy this:', text)
    }
    setTimeout(() => (outcome.value = ''), SHOWN_MS)
  }
  return (
    <button type="button" class="plain" onClick={() => void copy()}>
      <span aria-live="polite">{outcome.value === '' ? label : outcome.value}</span>
    </button>
  )
}
