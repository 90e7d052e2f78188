"""What `import viewer` offers to programs; without Qt."""
