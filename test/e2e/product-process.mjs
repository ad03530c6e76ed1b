// Starts the product in a process of its own and prints its URL: `node product-process.mjs STORAGE`. Made to be killed.
import { startProduct } from '../support/product.mjs'

const { url } = await startProduct({ storage: process.argv[2] })
console.log(url)
