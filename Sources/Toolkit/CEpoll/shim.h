#ifndef FLOTILLA_CEPOLL_H
#define FLOTILLA_CEPOLL_H

/* What Swift's Glibc module leaves out of Linux. Elsewhere there is nothing here. */
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* The system's headers declare these for GNU sources only, as which Swift does not read them. To take in the headers
   of sockets here would give Swift two kinds of each of their types; so the address is a plain pointer. */
extern int accept4(int socket, void *address, unsigned int *length, int flags);
extern int pthread_setname_np(unsigned long thread, const char *name);
#endif

#endif
