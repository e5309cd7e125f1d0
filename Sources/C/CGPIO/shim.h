// GPIO lines of libgpiod 1.6 and 2, for the GPIO target alone.
//
// The two versions share a name and a pkg-config file, but no function of use here. What the
// station needs of either fits into a handful of calls on one line at a time, so this header
// gives those calls one form. Every function returns -1 and sets errno where it fails.
#pragma once
#include <errno.h>
#include <gpiod.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// How a line is wired and used; the values are this header's own.
enum { GPIO_BIAS_AS_IS, GPIO_BIAS_PULL_UP, GPIO_BIAS_PULL_DOWN };
enum { GPIO_INPUT, GPIO_PULSES, GPIO_OUTPUT_INACTIVE, GPIO_OUTPUT_ACTIVE };

static inline bool gpio_is_output(int use) {
  return use == GPIO_OUTPUT_INACTIVE || use == GPIO_OUTPUT_ACTIVE;
}

// A name, a label or a consumer, as long as the kernel keeps them (GPIO_MAX_NAME_SIZE).
enum { GPIO_NAME_SIZE = 32 };

// One requested line. `fd` becomes readable at an edge of an input. `is_settled` says that the
// kernel tells an edge only when the line has stood still for the time that was asked for.
struct gpio_line {
  void *chip;
  void *request;
  void *events;
  unsigned offset;
  int fd;
  bool is_settled;
};

// One change of a line: when, by the kernel's clock, and whether the line became active.
struct gpio_edge {
  int64_t nanoseconds;
  bool is_rising;
};

// Reading edges where none waits would block.
static inline bool gpio_line_has_edges(struct gpio_line *line) {
  struct pollfd waiting = {.fd = line->fd, .events = POLLIN};
  return poll(&waiting, 1, 0) > 0;
}

static inline void gpio_copy_name(char *name, const char *text) {
  memset(name, 0, GPIO_NAME_SIZE);
  if (text) strncpy(name, text, GPIO_NAME_SIZE - 1);
}

static inline void *gpio_chip_open(const char *path) { return gpiod_chip_open(path); }
static inline void gpio_chip_close(void *chip) { gpiod_chip_close((struct gpiod_chip *)chip); }

#if defined(GPIOD_LINE_BULK_MAX_LINES)  // libgpiod 1

// Writes the chip's label; returns how many lines it has.
static inline int gpio_chip_label(void *chip, char *label) {
  gpio_copy_name(label, gpiod_chip_label((struct gpiod_chip *)chip));
  return (int)gpiod_chip_num_lines((struct gpiod_chip *)chip);
}

// Writes a line's name, empty where it has none, and who uses it; returns 1 where it is used.
static inline int gpio_chip_line(void *chip, unsigned offset, char *name, char *consumer) {
  struct gpiod_line *found = gpiod_chip_get_line((struct gpiod_chip *)chip, offset);
  if (!found) return -1;
  gpio_copy_name(name, gpiod_line_name(found));
  gpio_copy_name(consumer, gpiod_line_consumer(found));
  return gpiod_line_is_used(found);
}

static inline int gpio_line_open(struct gpio_line *line, const char *chip, unsigned offset,
                                 int use, bool active_low, int bias, unsigned settling_us,
                                 const char *consumer) {
  (void)settling_us;  // this version cannot ask the kernel for it
  bool is_output = gpio_is_output(use);
  struct gpiod_chip *opened = gpiod_chip_open(chip);
  if (!opened) return -1;
  struct gpiod_line *found = gpiod_chip_get_line(opened, offset);
  struct gpiod_line_request_config config = {
      .consumer = consumer,
      .request_type =
          is_output           ? GPIOD_LINE_REQUEST_DIRECTION_OUTPUT
          : use == GPIO_PULSES ? GPIOD_LINE_REQUEST_EVENT_RISING_EDGE
                               : GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES,
      .flags = (active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0) |
               (bias == GPIO_BIAS_PULL_UP     ? GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP
                : bias == GPIO_BIAS_PULL_DOWN ? GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN
                                              : 0)};
  if (!found || gpiod_line_request(found, &config, use == GPIO_OUTPUT_ACTIVE) != 0) {
    int code = errno;
    gpiod_chip_close(opened);
    errno = code;
    return -1;
  }
  *line = (struct gpio_line){
      opened, found, 0, offset, is_output ? -1 : gpiod_line_event_get_fd(found), false};
  return 0;
}

static inline int gpio_line_get(struct gpio_line *line) {
  return gpiod_line_get_value((struct gpiod_line *)line->request);
}

static inline int gpio_line_set(struct gpio_line *line, bool level) {
  return gpiod_line_set_value((struct gpiod_line *)line->request, level);
}

// Takes edges that wait, at most 16 of them; 0 where none waits.
static inline int gpio_line_edges(struct gpio_line *line, struct gpio_edge *edges, int most) {
  struct gpiod_line_event events[16];
  if (!gpio_line_has_edges(line)) return 0;
  int count = gpiod_line_event_read_fd_multiple(line->fd, events, most < 16 ? most : 16);
  for (int index = 0; index < count; index++)
    edges[index] = (struct gpio_edge){
        events[index].ts.tv_sec * INT64_C(1000000000) + events[index].ts.tv_nsec,
        events[index].event_type == GPIOD_LINE_EVENT_RISING_EDGE};
  return count;
}

static inline void gpio_line_close(struct gpio_line *line) {
  if (line->chip) gpiod_chip_close((struct gpiod_chip *)line->chip);
  line->chip = 0;
}

#else  // libgpiod 2

// The same as above.
static inline int gpio_chip_label(void *chip, char *label) {
  struct gpiod_chip_info *info = gpiod_chip_get_info((struct gpiod_chip *)chip);
  if (!info) return -1;
  gpio_copy_name(label, gpiod_chip_info_get_label(info));
  int count = (int)gpiod_chip_info_get_num_lines(info);
  gpiod_chip_info_free(info);
  return count;
}

static inline int gpio_chip_line(void *chip, unsigned offset, char *name, char *consumer) {
  struct gpiod_line_info *info = gpiod_chip_get_line_info((struct gpiod_chip *)chip, offset);
  if (!info) return -1;
  gpio_copy_name(name, gpiod_line_info_get_name(info));
  gpio_copy_name(consumer, gpiod_line_info_get_consumer(info));
  bool is_used = gpiod_line_info_is_used(info);
  gpiod_line_info_free(info);
  return is_used;
}

static inline struct gpiod_line_request *gpio_request(struct gpiod_chip *chip, unsigned offset,
                                                      int use, bool active_low, int bias,
                                                      unsigned settling_us,
                                                      const char *consumer) {
  struct gpiod_line_settings *settings = gpiod_line_settings_new();
  struct gpiod_line_config *lines = gpiod_line_config_new();
  struct gpiod_request_config *config = gpiod_request_config_new();
  struct gpiod_line_request *request = 0;
  if (settings && lines && config) {
    bool is_output = gpio_is_output(use);
    gpiod_line_settings_set_direction(
        settings, is_output ? GPIOD_LINE_DIRECTION_OUTPUT : GPIOD_LINE_DIRECTION_INPUT);
    gpiod_line_settings_set_output_value(settings, use == GPIO_OUTPUT_ACTIVE
                                                       ? GPIOD_LINE_VALUE_ACTIVE
                                                       : GPIOD_LINE_VALUE_INACTIVE);
    if (!is_output) {
      gpiod_line_settings_set_edge_detection(
          settings, use == GPIO_PULSES ? GPIOD_LINE_EDGE_RISING : GPIOD_LINE_EDGE_BOTH);
      gpiod_line_settings_set_debounce_period_us(settings, settling_us);
    }
    gpiod_line_settings_set_active_low(settings, active_low);
    gpiod_line_settings_set_bias(settings, bias == GPIO_BIAS_PULL_UP     ? GPIOD_LINE_BIAS_PULL_UP
                                           : bias == GPIO_BIAS_PULL_DOWN ? GPIOD_LINE_BIAS_PULL_DOWN
                                                                         : GPIOD_LINE_BIAS_AS_IS);
    gpiod_request_config_set_consumer(config, consumer);
    if (gpiod_line_config_add_line_settings(lines, &offset, 1, settings) == 0)
      request = gpiod_chip_request_lines(chip, config, lines);
  }
  int code = errno;
  if (config) gpiod_request_config_free(config);
  if (lines) gpiod_line_config_free(lines);
  if (settings) gpiod_line_settings_free(settings);
  errno = code;
  return request;
}

// A kernel that cannot settle a line for the time asked for is asked for the bare edges.
static inline int gpio_line_open(struct gpio_line *line, const char *chip, unsigned offset,
                                 int use, bool active_low, int bias, unsigned settling_us,
                                 const char *consumer) {
  struct gpiod_chip *opened = gpiod_chip_open(chip);
  if (!opened) return -1;
  bool is_output = gpio_is_output(use);
  if (is_output) settling_us = 0;
  struct gpiod_line_request *request =
      gpio_request(opened, offset, use, active_low, bias, settling_us, consumer);
  if (!request && settling_us && errno != EBUSY && errno != ENODEV) {
    settling_us = 0;
    request = gpio_request(opened, offset, use, active_low, bias, 0, consumer);
  }
  struct gpiod_edge_event_buffer *events =
      request && !is_output ? gpiod_edge_event_buffer_new(16) : 0;
  if (request && !is_output && !events) {
    gpiod_line_request_release(request);
    request = 0;
    errno = ENOMEM;
  }
  int code = errno;
  gpiod_chip_close(opened);
  errno = code;
  if (!request) return -1;
  *line = (struct gpio_line){
      0, request, events, offset, is_output ? -1 : gpiod_line_request_get_fd(request),
      settling_us != 0};
  return 0;
}

static inline int gpio_line_get(struct gpio_line *line) {
  return gpiod_line_request_get_value((struct gpiod_line_request *)line->request, line->offset);
}

static inline int gpio_line_set(struct gpio_line *line, bool level) {
  return gpiod_line_request_set_value((struct gpiod_line_request *)line->request, line->offset,
                                      level ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
}

// The same as above; the kernel stamps with the monotonic clock unless it is asked not to.
static inline int gpio_line_edges(struct gpio_line *line, struct gpio_edge *edges, int most) {
  struct gpiod_edge_event_buffer *buffer = (struct gpiod_edge_event_buffer *)line->events;
  if (!gpio_line_has_edges(line)) return 0;
  int count = gpiod_line_request_read_edge_events((struct gpiod_line_request *)line->request,
                                                  buffer, (size_t)(most < 16 ? most : 16));
  for (int index = 0; index < count; index++) {
    struct gpiod_edge_event *event =
        gpiod_edge_event_buffer_get_event(buffer, (unsigned long)index);
    edges[index] = (struct gpio_edge){
        (int64_t)gpiod_edge_event_get_timestamp_ns(event),
        gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE};
  }
  return count;
}

static inline void gpio_line_close(struct gpio_line *line) {
  if (line->events) gpiod_edge_event_buffer_free((struct gpiod_edge_event_buffer *)line->events);
  if (line->request) gpiod_line_request_release((struct gpiod_line_request *)line->request);
  line->events = line->request = 0;
}

#endif
