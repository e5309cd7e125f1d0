// The MQTT client libmosquitto, for the MQTT target alone.
#pragma once
#include <mosquitto.h>
#include <mqtt_protocol.h>
