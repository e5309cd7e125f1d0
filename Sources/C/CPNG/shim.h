// PNG images of libpng, for the QRCode target alone.
#pragma once
#include <png.h>
