import { describe, expect, test } from 'vitest'
import { Random } from '#environment.ts'
import { chanceOf } from '#netfilter/evaluation.ts'
import { DecisionTree, type Outcome } from '#network/decision-tree.ts'
import type { Chance } from '#netfilter/evaluation.ts'

const HALF = 2 ** 30

const treeOf = (): DecisionTree<string> => {
  const random = new Random(7)
  return new DecisionTree(chanceOf(() => random.next()))
}

const repeatable = (value: string): Outcome<string> => ({ value, isRepeatable: true })

describe('a tree of decisions', () => {
  test('evaluates once for each way that chance can take', () => {
    const tree = treeOf()
    let evaluations = 0
    const evaluate = (chance: Chance): Outcome<string> => {
      evaluations++
      if (chance.happens(HALF)) return repeatable('first')
      return repeatable(`${chance.oneOf(3)}`)
    }
    const drawn = Array.from({ length: 6000 }, () => tree.draw(evaluate))
    expect(evaluations).toBe(4)
    const count = (value: string): number => drawn.filter((other) => other === value).length
    expect(Math.abs(count('first') - 3000)).toBeLessThan(200)
    for (const value of ['0', '1', '2']) expect(Math.abs(count(value) - 1000)).toBeLessThan(150)
  })

  test('gives what a new evaluation with the same dice gives', () => {
    const evaluate = (chance: Chance): Outcome<string> => {
      const a = chance.oneOf(4)
      return repeatable(a === 0 ? 'zero' : `${a} ${chance.happens(HALF)} ${chance.oneOf(a + 1)}`)
    }
    const tree = treeOf()
    const random = new Random(7)
    const plain = chanceOf(() => random.next())
    for (let index = 0; index < 2000; index++)
      expect(tree.draw(evaluate)).toBe(evaluate(plain).value)
  })

  test('evaluates again what is not repeatable, and then something else', () => {
    const tree = treeOf()
    let known: string | undefined
    const evaluate = (chance: Chance): Outcome<string> => {
      if (known !== undefined) return repeatable(known)
      known = `${chance.oneOf(1000)}`
      return { value: known, isRepeatable: false }
    }
    const drawn = Array.from({ length: 100 }, () => tree.draw(evaluate))
    expect(new Set(drawn).size).toBe(1)
  })

  test('takes turns for real', () => {
    const tree = treeOf()
    let turn = 0
    let evaluations = 0
    const evaluate = (chance: Chance): Outcome<string> => {
      evaluations++
      return repeatable(`${chance.turn(3, () => turn++)}`)
    }
    const drawn = Array.from({ length: 7 }, () => tree.draw(evaluate))
    expect(drawn).toEqual(['0', '1', '2', '0', '1', '2', '0'])
    expect(evaluations).toBe(3)
  })
})
