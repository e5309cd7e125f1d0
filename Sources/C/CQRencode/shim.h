// QR symbols of libqrencode, for the QRCode target alone.
#pragma once
#include <qrencode.h>
