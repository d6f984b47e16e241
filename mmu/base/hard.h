/* hard.h - the hard build shrinks every limit, to give bugs a chance: HARD(usual, small). */
#ifndef US_MMU_BASE_HARD_H
#define US_MMU_BASE_HARD_H

#if defined(US_HARD)
#define HARD(usual, small) (small)
#else
#define HARD(usual, small) (usual)
#endif

#endif
