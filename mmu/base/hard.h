/* hard.h - the hard build shrinks every limit, to give bugs a chance: HARD(usual, small). And what AddressSanitizer has
 * to note of a large piece of memory, whenever one is allocated and freed: SANITIZED(usual, less).
 */
#ifndef US_MMU_BASE_HARD_H
#define US_MMU_BASE_HARD_H

#if defined(US_HARD)
#define HARD(usual, small) (small)
#else
#define HARD(usual, small) (usual)
#endif

#if defined(US_SANITIZE)
#define SANITIZED(usual, less) (less)
#else
#define SANITIZED(usual, less) (usual)
#endif

#endif
