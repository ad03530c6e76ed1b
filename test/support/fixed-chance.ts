// Property tests draw the same values every time: what fails here fails anywhere. FAST_CHECK_SEED draws others, to look for more.
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 1) })
