// A disk that fails: preloaded into a process, it makes the nth call that changes something below a directory
// fail.
//
//   FAILING_DISK_DIR    the directory
//   FAILING_DISK_NTH    which call fails, from 1; 0: none
//   FAILING_DISK_ERRNO  with what, a number
//   FAILING_DISK_LASTS  "1": every later call fails as well
//   FAILING_DISK_TELL   a file that is told how the call is named ("fsync 000012.log")
//
// Counted are write, pwrite, fsync, fdatasync, sync_file_range, ftruncate, fallocate, rename and opening to
// write.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

std::atomic<long> calls{0};

template <typename Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

bool IsBelow(const char* path) {
  static const char* const directory = ::getenv("FAILING_DISK_DIR");
  return directory != nullptr && std::strncmp(path, directory, std::strlen(directory)) == 0;
}

bool PathOf(int descriptor, char (&path)[512]) {
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = ::readlink(link, path, sizeof path - 1);
  if (size <= 0) return false;
  path[size] = '\0';
  return true;
}

void Tell(const char* call, const char* path) {
  const char* file = ::getenv("FAILING_DISK_TELL");
  if (file == nullptr) return;
  const int descriptor = Real<int(const char*, int, ...)>("open")(file, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (descriptor < 0) return;
  const char* name = std::strrchr(path, '/');
  char line[600];
  const int size = std::snprintf(line, sizeof line, "%s %s\n", call, name != nullptr ? name + 1 : path);
  Real<ssize_t(int, const void*, size_t)>("write")(descriptor, line, static_cast<size_t>(size));
  ::close(descriptor);
}

// True: this call is to fail; errno is set.
bool Fails(const char* call, const char* path) {
  static const long nth = std::atol(::getenv("FAILING_DISK_NTH") ? ::getenv("FAILING_DISK_NTH") : "0");
  static const bool lasts = ::getenv("FAILING_DISK_LASTS") != nullptr;
  static const int error = std::atoi(::getenv("FAILING_DISK_ERRNO") ? ::getenv("FAILING_DISK_ERRNO") : "5");
  if (nth == 0 || !IsBelow(path)) return false;
  const long number = ++calls;
  if (number != nth && !(lasts && number > nth)) return false;
  if (number == nth) Tell(call, path);
  errno = error;
  return true;
}

bool Fails(const char* call, int descriptor) {
  char path[512];
  return PathOf(descriptor, path) && Fails(call, path);
}

bool Writes(int flags) { return (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0; }

}  // namespace

extern "C" {

ssize_t write(int file, const void* data, size_t size) {
  if (Fails("write", file)) return -1;
  return Real<ssize_t(int, const void*, size_t)>("write")(file, data, size);
}
ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
  if (Fails("pwrite", file)) return -1;
  return Real<ssize_t(int, const void*, size_t, off_t)>("pwrite")(file, data, size, offset);
}
ssize_t pwrite64(int file, const void* data, size_t size, off64_t offset) {
  if (Fails("pwrite", file)) return -1;
  return Real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64")(file, data, size, offset);
}
int fsync(int file) { return Fails("fsync", file) ? -1 : Real<int(int)>("fsync")(file); }
int fdatasync(int file) { return Fails("fdatasync", file) ? -1 : Real<int(int)>("fdatasync")(file); }
int sync_file_range(int file, off64_t offset, off64_t size, unsigned flags) {
  if (Fails("sync_file_range", file)) return -1;
  return Real<int(int, off64_t, off64_t, unsigned)>("sync_file_range")(file, offset, size, flags);
}
int ftruncate(int file, off_t size) noexcept {
  if (Fails("ftruncate", file)) return -1;
  return Real<int(int, off_t)>("ftruncate")(file, size);
}
int ftruncate64(int file, off64_t size) noexcept {
  if (Fails("ftruncate", file)) return -1;
  return Real<int(int, off64_t)>("ftruncate64")(file, size);
}
int fallocate(int file, int mode, off_t offset, off_t size) {
  if (Fails("fallocate", file)) return -1;
  return Real<int(int, int, off_t, off_t)>("fallocate")(file, mode, offset, size);
}
int fallocate64(int file, int mode, off64_t offset, off64_t size) {
  if (Fails("fallocate", file)) return -1;
  return Real<int(int, int, off64_t, off64_t)>("fallocate64")(file, mode, offset, size);
}
int rename(const char* from, const char* to) noexcept {
  if (Fails("rename", to)) return -1;
  return Real<int(const char*, const char*)>("rename")(from, to);
}
int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = static_cast<mode_t>(va_arg(arguments, unsigned));
  va_end(arguments);
  if (Writes(flags) && Fails("open", path)) return -1;
  return Real<int(const char*, int, ...)>("open")(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = static_cast<mode_t>(va_arg(arguments, unsigned));
  va_end(arguments);
  if (Writes(flags) && Fails("open", path)) return -1;
  return Real<int(const char*, int, ...)>("open64")(path, flags, mode);
}

}  // extern "C"
