// Amounts of resources on a command line. kubernetes: kubectl pkg/generate/versioned, pkg/cmd/create/create_quota.go populateResourceListV1
import { setKey } from '#apimachinery/object.ts'
import { canonicalQuantity, QuantityError } from '#apimachinery/quantity.ts'
import { KubectlFailure } from '#kubectl/failure.ts'

export type Amounts = Readonly<Record<string, string>>

const quantity = (text: string): string => {
  try {
    // blanks around it are part of no amount
    return canonicalQuantity(/^\s|\s$/.test(text) ? '' : text)
  } catch (error) {
    if (error instanceof QuantityError) throw new KubectlFailure(error.message)
    throw error
  }
}

/** `cpu=100m,memory=1Gi` */
export const amountsOf = (text: string): Amounts => {
  const amounts: Record<string, string> = {}
  if (text === '') return amounts
  for (const part of text.split(',')) {
    const [name = '', amount, ...more] = part.split('=')
    if (amount === undefined || more.length > 0)
      throw new KubectlFailure(`Invalid argument syntax ${part}, expected <resource>=<value>`)
    setKey(amounts, name, quantity(amount))
  }
  return amounts
}
