/* firmware.c - see firmware.h. */
#include "io/firmware.h"

const uint8_t firmware_image[] = {
#include "firmware_image.inc"
};
const size_t firmware_bytes = sizeof firmware_image;
